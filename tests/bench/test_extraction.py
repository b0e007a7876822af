"""The extraction benchmark on a set of two pages: what it counts as right, wrong and missing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from searchkit.article import Article, Link
from tests.bench.extraction import __main__ as command
from tests.bench.extraction.figures import Figures, judge
from tests.bench.extraction.flattened import flattened, read_text
from tests.bench.extraction.headlines import related
from tests.bench.extraction.truth import Truth

PROSE = "The bridge over the river was opened again on Friday, two years after it had been closed for repairs. " * 4
PAGE = f"""<html><head><title>Bridge opens again</title></head><body><article><h1>Bridge opens again</h1><p>{PROSE}</p>
<p>Residents of both banks gathered in the morning, and the first buses crossed it before noon.</p></article>
<div class="related"><ul><li><a href="/1">Ferry stops for good after the summer</a></li>
<li><a href="/2">Second bridge to cost much more than said</a></li>
<li><a href="/3">Mayor asks the county for a loan</a></li></ul></div></body></html>"""
TRUTH = Truth(
    file=Path("a.html"),
    title="Bridge Opens Again",
    authors=("Jane Doe", "John Roe"),
    date="2017-03-17",
    wanted=("opened again on Friday", "not on the page"),
    unwanted=("Ferry stops for good",),
)


def judged(**fields: object) -> Figures:
    """The figures of one article with these fields."""
    figures = Figures()
    article = Article(**{"id": "", "source": "", "title": "", "body": "", "sha256": "", **fields})  # type: ignore[arg-type]
    judge(figures, TRUTH, article, ["Ferry stops for good"])
    return figures


def test_snippets_and_headlines_are_counted() -> None:
    """A snippet counts wherever it stands in the text; a headline of a related link by where it went."""
    found = judged(body="It was opened\nagain on Friday.", links=(Link("Ferry stops for good after summer"),)).counts
    assert (found["wanted found"], found["wanted missed"], found["unwanted left out"]) == (1, 1, 1)
    assert found["headline in links"] == 1
    assert judged(body="Ferry stops for good").counts["headline in the body"] == 1
    assert judged(body="nothing").counts["headline in neither"] == 1


def test_titles_and_authors_are_compared_by_their_words() -> None:
    """Case and order do not count; one author too few is wrong, none is missing."""
    assert judged(title="bridge opens again!").counts["title right"] == 1
    assert judged(authors=("John Roe", "Jane Doe")).counts["authors right"] == 1
    assert judged(authors=("John Roe",)).counts["authors wrong"] == 1
    assert judged().counts["authors missing"] == 1


@pytest.mark.parametrize(
    ("published", "verdict"),
    [
        (date(2017, 3, 17), "right"),
        (date(2017, 3, 16), "wrong"),
        (datetime(2017, 3, 16, 23, tzinfo=UTC), "right by its own time zone"),
        (datetime(2017, 3, 15, 23, tzinfo=UTC), "wrong"),
        (None, "missing"),
    ],
)
def test_dates_are_compared_by_their_day(published: date | None, verdict: str) -> None:
    """A day counts as searches count it, in UTC; one that is right in another zone is told apart."""
    assert judged(published=published).counts[f"date {verdict}"] == 1


def test_headlines_are_snippets_inside_of_links() -> None:
    """A snippet is a related headline where a link to another page says it."""
    assert related(PAGE.encode(), ["Ferry stops for good", "opened again on Friday"]) == ["Ferry stops for good"]


def test_a_flattened_page_is_a_scrape() -> None:
    """Its links stand at its end, where the reader of plain text finds them."""
    article = read_text(flattened(PAGE.encode(), "Bridge opens again"))
    assert article is not None and article.title == "Bridge opens again"
    assert len(article.links) == 3 and "Ferry" not in article.body


def test_a_run_prints_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both readers have a row for each set, and the plain-text reader one; the failures go to a file."""
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.html").write_text(PAGE)
    row = {"file": "a.html", "title": "Another title", "must_contain": ["Friday"], "must_not_contain": ["Ferry stops"]}
    (folder / "truth.jsonl").write_text(json.dumps(row) + "\n")
    failures = tmp_path / "failures.txt"
    monkeypatch.setattr("sys.argv", ["extraction", str(tmp_path), "--failures", str(failures)])
    command.main()
    printed = capsys.readouterr().out
    assert "| pages: searchkit | 100.0% | 100.0% |" in printed and "| pages: trafilatura |" in printed
    assert "1 pages as text" in printed
    assert "title wrong\ta.html: 'Bridge opens again', not 'Another title'" in failures.read_text()
