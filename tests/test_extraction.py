"""Extraction: pages come back in order, and one that hangs, swells or breaks its process costs itself only."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from searchkit.article import Article
from searchkit.errors import ExtractionError
from searchkit.extraction import Extraction
from searchkit.format import BadRecord, Limits, ReadingOptions, Record, Remark
from tests.extracting import page

EXTRACT = "tests.extracting:extract"
PATIENT = ReadingOptions(limits=Limits(extraction_s=60, extraction_mb=512, html_depth=77))


def extracted(*texts: str, jobs: int = 2, options: ReadingOptions = PATIENT) -> list[list[Record]]:
    with Extraction(EXTRACT, jobs, options) as extraction:
        tickets = [extraction.submit(page(f"{number}.html", text)) for number, text in enumerate(texts)]
        return [extraction.wait(ticket) for ticket in tickets]


def titles(results: list[list[Record]]) -> list[str]:
    """The title of each article; of what is bad its reason."""
    records = [record for records in results for record in records]
    return [record.title if isinstance(record, Article) else str(getattr(record, "reason", "")) for record in records]


def test_pages_come_back_as_the_function_makes_them() -> None:
    """Articles, remarks and bad records come through the pipe, with the options of the run on the way there."""
    article, remarked, bad = extracted("one", "remark two", "bad three")
    assert isinstance(article[0], Article)
    assert (article[0].source, article[0].title) == ("0.html", "one")
    assert article[0].body.split()[1:] == ["3", "77"]
    assert remarked[0] == Remark("1.html", "remarked") and isinstance(remarked[1], Article)
    assert bad == [BadRecord("2.html", "bad three")]


def test_results_are_those_of_their_pages_whoever_is_done_first() -> None:
    """Many pages, some slow and some larger than any pipe, each give their own article."""
    texts = [f"{'slow ' * (n % 20 == 0)}{n} {'x' * (2_000_000 if n % 15 == 0 else n)}" for n in range(60)]
    results = extracted(*texts)
    assert titles(results) == [text[:100] for text in texts]
    assert [int(r[0].body.split()[1]) for r in results if isinstance(r[0], Article)] == [len(text) for text in texts]


def test_processes_are_started_for_work_that_is_there() -> None:
    """One page has one process, many have as many as jobs."""

    def processes(*texts: str) -> int:
        bodies = [r[0].body for r in extracted(*texts, jobs=3) if isinstance(r[0], Article)]
        return len({body.split()[0] for body in bodies})

    assert processes("one") == 1
    assert processes(*["slow"] * 12) == 3


def test_a_page_that_hangs_is_given_up() -> None:
    """Its process is ended, the limit and its setting are named, and the pages behind it are extracted."""
    options = ReadingOptions(limits=Limits(extraction_s=0.6))
    results = extracted("one", "hang", "two", "idle", "three", jobs=1, options=options)
    reason = "its extraction took too long; the limit is 0.6 seconds (setting reading.extraction_s)"
    assert titles(results) == ["one", reason, "two", reason, "three"]


def test_a_page_has_the_time_that_it_gets_of_the_processors() -> None:
    """Waiting for a busy machine does not count against it."""
    options = ReadingOptions(limits=Limits(extraction_s=0.2))
    assert titles(extracted("slow", jobs=1, options=options)) == ["slow"]


def test_a_page_that_needs_too_much_memory_is_given_up() -> None:
    """The limit and its setting are named, and the pages behind it are extracted."""
    reason = "its extraction needs too much memory; the limit is 512 MB (setting reading.extraction_mb)"
    assert titles(extracted("one", "swallow", "two", jobs=1)) == ["one", reason, "two"]


def test_a_page_that_breaks_its_process_costs_itself() -> None:
    """Another process takes over, for the pages that this one had been given too."""
    results = titles(extracted("one", "die", "two", "die", "three", jobs=1))
    assert [results[0], results[2], results[4]] == ["one", "two", "three"]
    assert results[1] == results[3]
    assert results[1].startswith("the process that extracted it broke down (status 7)")


def test_a_failing_function_costs_its_page() -> None:
    """Any exception is that page's bad record."""
    assert titles(extracted("fail", "one")) == ["its extraction failed: ValueError: no such thing", "one"]


def test_a_page_cannot_use_the_network_or_start_programs() -> None:
    """Both are refused inside of the processes."""
    fetch, start, after = titles(extracted("fetch", "start", "one"))
    assert "extraction may not use socket." in fetch
    assert "extraction may not use os.system" in start
    assert after == "one"


def test_what_libraries_print_is_not_an_answer() -> None:
    """Text on the standard output of the process goes nowhere."""
    assert titles(extracted("print", "one")) == ["print", "one"]


def test_a_process_that_keeps_too_much_is_replaced() -> None:
    """Memory that is not given back does not become the limit of later pages."""
    results = extracted("keep", "one", "keep", "two", jobs=1)
    assert titles(results) == ["keep", "one", "keep", "two"]
    processes = [r[0].body.split()[0] for r in results if isinstance(r[0], Article)]
    assert len(set(processes)) == 3


def test_a_function_that_is_not_there_is_an_error() -> None:
    """Without it no page can be read, which is no page's fault."""
    with (
        pytest.raises(ExtractionError, match="pages cannot be read: ModuleNotFoundError"),
        Extraction("tests.nowhere:extract", 1, PATIENT) as extraction,
    ):
        extraction.wait(extraction.submit(page("a", "b")))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts through /proc")
def test_nothing_is_left_behind() -> None:
    """Processes and file descriptors go with the extraction, also in the midst of work and after a hanging page."""
    before = len(os.listdir("/proc/self/fd"))
    options = ReadingOptions(limits=Limits(extraction_s=0.5))
    pids: set[int] = set()
    for _ in range(3):
        with Extraction(EXTRACT, 2, options) as extraction:
            tickets = [extraction.submit(page(str(n), text)) for n, text in enumerate(["hang", "die", "one", "hang"])]
            extraction.wait(tickets[2])
            pids |= {worker.process.pid for worker in extraction._workers}
    assert len(os.listdir("/proc/self/fd")) == before
    time.sleep(0.01)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
