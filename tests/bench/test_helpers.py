"""What the benchmark reads, counts and writes."""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path

import pytest

from tests.bench.corpus import Corpus
from tests.bench.machine import cpu_name, folder_name
from tests.bench.peers.peer import iso_day, records
from tests.bench.peers.searchkit import query_text
from tests.bench.peers.sqlite import match_text
from tests.bench.processes import CommandFailedError, kib_of, process_tree, run
from tests.bench.questions import KINDS, Question, from_json, questions, read_log, to_json
from tests.bench.ranking.collections import collections
from tests.bench.ranking.figures import average_precision, figures, ndcg, reciprocal_rank
from tests.bench.report import table
from tests.bench.timing import Spread, quantile, turns

# --- questions ---------------------------------------------------------------------------------------------------


def written(tmp_path: Path, *rows: dict[str, object], name: str = "queries-x.jsonl") -> Path:
    file = tmp_path / name
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("+griffith +observatory", "and", ("griffith", "observatory")),
        ('"griffith observatory"', "phrase", ("griffith", "observatory")),
        ("Griffith observatory", "or", ("griffith", "observatory")),
        ("the", "term", ("the",)),
        ("café-bar", "or", ("café", "bar")),
    ],
)
def test_a_query_of_a_log_has_a_kind(tmp_path: Path, text: str, kind: str, words: tuple[str, ...]) -> None:
    """`+a +b` wants all words, quotes a phrase, plain words any of them."""
    assert read_log(written(tmp_path, {"query": text})) == [Question(kind, words, "queries-x")]


@pytest.mark.parametrize("text", ["+a b", "a -b", '"a b" c', '"a b" "c d"', "!?"])
def test_other_forms_are_left_out(tmp_path: Path, text: str) -> None:
    """What is not one of the kinds is not bent into one."""
    assert read_log(written(tmp_path, {"query": text})) == []


def test_a_topic_is_any_of_its_words(tmp_path: Path) -> None:
    """Records with `text` have no signs."""
    assert read_log(written(tmp_path, {"text": "Airbus Subsidies"})) == [
        Question("or", ("airbus", "subsidies"), "queries-x")
    ]


def test_questions_of_every_kind_are_made_and_are_always_the_same(tmp_path: Path) -> None:
    """Kinds that a log lacks are made of its words."""
    log = written(tmp_path, {"query": "+harbour +strike"}, {"query": '"prime minister"'}, {"query": "railway bridge"})
    asked = questions([log], ["2017"], 3, None)
    assert {question.kind for question in asked} == set(KINDS)
    assert asked == questions([log], ["2017"], 3, None)
    assert from_json(to_json(asked)) == asked
    date = next(question for question in asked if question.kind == "date")
    assert (date.start, date.end) == ("2017-01-01", "2017-12-31")


def test_a_log_can_be_cut(tmp_path: Path) -> None:
    """`most_per_log` bounds each kind of each log."""
    log = written(tmp_path, *({"query": f"+word{n} +other"} for n in range(9)))
    assert sum(question.kind == "and" for question in questions([log], [], 1, 4)) == 4


@pytest.mark.parametrize(
    ("question", "ours", "fts"),
    [
        (Question("or", ("a", "b")), "a OR b", '{title body} : ("a" OR "b")'),
        (Question("and", ("a", "b")), "a b", '{title body} : ("a" AND "b")'),
        (Question("phrase", ("a", "b")), '"a b"', '{title body} : ("a b")'),
        (Question("prefix", ("ab",)), "ab*", '{title body} : ("ab"*)'),
        (
            Question("date", ("a",), "", "2017-01-01", "2017-12-31"),
            "a date:2017-01-01..2017-12-31",
            '{title body} : ("a")',
        ),
    ],
)
def test_a_question_in_the_language_of_each(question: Question, ours: str, fts: str) -> None:
    """Engines are asked the same."""
    assert query_text(question) == ours
    assert match_text(question) == fts


# --- articles ----------------------------------------------------------------------------------------------------


def test_a_longer_slice_repeats_articles_under_other_ids(tmp_path: Path) -> None:
    """No two articles of a slice, nor those to add, have one id."""
    file = written(tmp_path, *({"id": str(n), "title": f"t\u2028{n}", "date": "2017-03-19"} for n in range(3)))
    corpus = Corpus(file, tmp_path)
    ids = [record["id"] for record in records(corpus.slice(7))]
    assert ids == ["0", "1", "2", "0~2", "1~2", "2~2", "0~3"]
    assert [record["id"] for record in records(corpus.more(2))] == ["0~more", "1~more"]
    assert corpus.articles == 3
    assert corpus.years(3) == ["2017"]


def test_a_date_that_is_not_iso_is_none() -> None:
    """Peers are handed days or nothing."""
    assert [iso_day(text) for text in ("2017-03-19T10:00:00Z", "March 2017", "2017-13-01", "")] == [
        "2017-03-19",
        "",
        "",
        "",
    ]


# --- processes ---------------------------------------------------------------------------------------------------

_CHILD = "import time; block = bytearray(30_000_000); time.sleep(0.5)"


def test_a_run_tells_output_and_the_memory_of_children() -> None:
    """The memory of a child is counted with that of its parent."""
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {_CHILD!r}]); print('done')"
    found = run([sys.executable, "-c", parent], 0.02)
    assert found.output == "done\n"
    assert found.peak_bytes > 30_000_000
    assert found.largest_process_bytes > 30_000_000
    assert found.seconds > 0.5


def test_a_failed_command_is_an_error() -> None:
    """Its last words are in the message."""
    with pytest.raises(CommandFailedError, match="out of paper"):
        run([sys.executable, "-c", "raise SystemExit('out of paper')"])


def test_a_process_that_is_gone_takes_nothing() -> None:
    """It may end between being listed and being looked at."""
    assert list(process_tree(2**22 + 1)) == [2**22 + 1]
    assert kib_of("", "Pss") == 0
    assert kib_of("Rss:  12 kB\nPss:   7 kB\nPss_Dirty: 3 kB\n", "Pss") == 7


# --- figures -----------------------------------------------------------------------------------------------------


def test_quantiles_are_values_that_occurred() -> None:
    """By nearest rank."""
    values = [float(n) for n in range(100, 0, -1)]
    assert Spread.of(values) == Spread(100, 50.0, 95.0, 99.0)
    assert quantile([3.0], 0.99) == 3.0


def test_engines_take_turns() -> None:
    """Each round begins with another one."""
    assert list(turns(["a", "b", "c"], 3)) == ["a", "b", "c", "b", "c", "a", "c", "a", "b"]
    assert list(turns([], 3)) == []


def test_figures_of_a_ranking() -> None:
    """As worked out by hand."""
    ranked, grades = ["x", "a", "y", "b"], {"a": 1, "b": 2, "c": 1, "y": 0}
    assert average_precision(ranked, grades) == pytest.approx((1 / 2 + 2 / 4) / 3)
    assert reciprocal_rank(ranked, grades) == 0.5
    gained = 1 / 1.5849625 + 2 / 2.3219281
    assert ndcg(ranked, grades, 10) == pytest.approx(gained / (2 + 1 / 1.5849625 + 1 / 2))
    assert figures([(ranked, grades), (["a", "b", "c"], {"a": 1})]).mrr == 0.75


def test_a_collection_gives_the_queries_that_were_judged(tmp_path: Path) -> None:
    """A query without a relevant article tells nothing of a ranking; an article without text is not indexed."""
    folder = tmp_path / "small"
    folder.mkdir()
    written(folder, {"id": "1", "title": "", "body": "b"}, {"id": "2", "title": ""}, name="docs.jsonl")
    written(folder, {"id": "q1", "text": "It's A-B?"}, {"id": "q2", "text": "c"}, name="queries.jsonl")
    (folder / "qrels.tsv").write_text("q1\t0\t1\t3\nq2\t0\t1\t0\n")
    (collection,) = collections(tmp_path)
    (query,) = collection.queries()
    assert (query.words, query.grades) == (("it", "s", "a", "b"), {"1": 3})
    collection.write_articles(tmp_path / "out.jsonl")
    assert [record["id"] for record in islice(records(tmp_path / "out.jsonl"), 5)] == ["1"]


# --- report ------------------------------------------------------------------------------------------------------


def test_a_table_is_markdown() -> None:
    """Figures stand to the right."""
    assert table(("", "ms"), [("x", "1")]) == "|  | ms |\n| --- | ---: |\n| x | 1 |"


def test_the_folder_of_a_run_is_named_by_day_and_processor() -> None:
    """Fit for a path."""
    cpu = cpu_name("processor : 0\nmodel name\t: Intel(R) Xeon(R) CPU @ 2.20GHz\n")
    assert folder_name({"date": "2026-11-21", "cpu": cpu}) == "2026-11-21-intel-r-xeon-r-cpu"
