"""The benchmark as a whole: a small run with the engines that are always there. No time is asserted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench import __main__ as command
from tests.bench.ranking import __main__ as ranking_command

WORDS = ("harbour", "strike", "minister", "bridge", "storm", "market", "election", "hospital", "railway", "museum")


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Thirty articles, each about three of ten words."""
    file = tmp_path / "articles.jsonl"
    lines = []
    for number in range(30):
        a, b, c = (WORDS[(number * step + step) % len(WORDS)] for step in (1, 3, 7))
        record = {"id": f"a{number}", "title": f"{a} {b}", "body": f"The {a} and the {c} of the harbour strike. " * 9}
        lines.append(
            json.dumps({**record, "date": f"20{10 + number % 5}-03-{1 + number % 28:02}", "source": "Example Wire"})
        )
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A query of each form."""
    file = tmp_path / "queries-small.jsonl"
    queries = ["+harbour +strike", '"harbour strike"', "minister bridge", "storm", "market election railway"]
    file.write_text("".join(json.dumps({"query": query}) + "\n" for query in queries), encoding="utf-8")
    return file


def test_a_run_measures_everything_and_reports_it(
    articles: Path, log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One command writes the table and JSON, with each measure for each engine, and prints the table."""
    out = tmp_path / "out"
    command.main([str(articles), str(log), "--quick", "--only", "searchkit,sqlite", "--out", str(out)])
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert capsys.readouterr().out == (out / "table.md").read_text(encoding="utf-8")
    for measure in ("indexing", "warm", "cold", "adding", "growth"):
        assert {"searchkit", "sqlite"} <= set(results[measure]), measure
    assert results["indexing"]["searchkit"]["peak_bytes"] > 1_000_000
    assert results["indexing"]["sqlite"]["bytes_per_article"] > 100
    assert [size["articles"] for size in results["growth"]["searchkit"]] == [7, 30, 60]
    assert all(row["refused"] == 0 for row in results["warm"]["searchkit"].values())
    assert "fuzzy" in results["warm"]["searchkit"]
    assert "fuzzy" not in results["warm"]["sqlite"]
    table = (out / "table.md").read_text(encoding="utf-8")
    assert "| fuzzy | " in table
    assert "SQLite FTS5" in table


def test_an_engine_that_is_not_installed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named in a note; the others take part."""

    def load(name: str) -> object:
        if name == "tantivy":
            raise ImportError("No module named 'tantivy'")
        return name

    monkeypatch.setattr(command, "load", load)
    peers, notes = command.installed(["searchkit", "tantivy"])
    assert list(peers) == ["searchkit"]
    assert notes == ["tantivy is left out: it is not installed (No module named 'tantivy')."]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "lucene"], "no engine 'lucene'"),
        (["--measures", "size"], "no measure 'size'"),
        (["--measures", "warm"], "need the indexes"),
    ],
)
def test_a_wrong_argument_is_an_error(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Names that are not known are not passed over."""
    with pytest.raises(SystemExit):
        command.arguments_of(["articles.jsonl", "log.jsonl", *arguments])
    assert message in capsys.readouterr().err


def test_ranking_compares_engines_on_judged_collections(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One table, with the distance of searchkit's nDCG@10 from the others."""
    folder = tmp_path / "collections" / "wire"
    folder.mkdir(parents=True)
    (folder / "docs.jsonl").write_text(articles.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "queries.jsonl").write_text('{"id": "1", "text": "Museum?"}\n{"id": "2", "text": "none"}\n')
    (folder / "qrels.tsv").write_text("1\t0\ta9\t1\n1\t0\ta0\t0\n")
    monkeypatch.setattr("sys.argv", ["ranking", str(folder.parent), "--only", "searchkit,sqlite"])
    ranking_command.main()
    table = capsys.readouterr().out
    assert "| | wire |" in table
    assert "| searchkit | " in table
    assert "against best, mean" in table
