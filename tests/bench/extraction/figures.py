"""What is counted: snippets, headlines of related links, titles, authors and dates."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from searchkit.analysis import words
from searchkit.article import Article
from searchkit.fieldtext import calendar_day
from tests.bench.extraction.truth import Truth


@dataclass
class Figures:
    """Counts over pages. `failures` names, for a column, the pages that count against it, for who wants to see why."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: dict[str, list[str]] = field(default_factory=dict)

    def count(self, what: str, page: str = "") -> None:
        """One more of something; with the page and what to tell of it where it is a failure."""
        self.counts[what] += 1
        if page:
            self.failures.setdefault(what, []).append(page)

    def share(self, part: str, *rest: str) -> float | None:
        """The share that `part` has among itself and `rest`; None without any."""
        whole = sum(self.counts[name] for name in (part, *rest))
        return self.counts[part] / whole if whole else None

    def add(self, others: Figures) -> None:
        """The counts of other pages to these."""
        self.counts.update(others.counts)
        for what, pages in others.failures.items():
            self.failures.setdefault(what, []).extend(pages)


def judge(figures: Figures, truth: Truth, article: Article | None, own_headlines: Iterable[str]) -> None:
    """Count what an article has right and wrong. `own_headlines` are the snippets that are headlines of related links."""
    name = truth.file.name if truth.file.stem != "source" else truth.file.parent.name
    body, headlines = (
        flat(article.body if article else ""),
        [flat(link.headline) for link in article.links] if article else [],
    )
    text = f"{flat(article.title)}\n{body}" if article else ""
    for snippet in truth.wanted:
        if flat(snippet) in text:
            figures.count("wanted found")
        else:
            figures.count("wanted missed", f"{name}: {snippet}")
    for snippet in truth.unwanted:
        if flat(snippet) in body:
            figures.count("unwanted found", f"{name}: {snippet}")
        else:
            figures.count("unwanted left out")
    for snippet in own_headlines:
        inside, linked = flat(snippet) in body, any(flat(snippet) in headline for headline in headlines)
        verdict = "in the body" if inside else "in links" if linked else "in neither"
        figures.count(f"headline {verdict}", "" if verdict == "in links" else f"{name}: {snippet}")
    _judge_body(figures, truth.body, article.body if article else "", name)
    _judge_title(figures, truth, article, name)
    _judge_authors(figures, truth, article, name)
    _judge_date(figures, truth, article, name)


def flat(text: str) -> str:
    """Text on one line, composed, so that snippets are compared by what is read."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _judge_body(figures: Figures, wanted: str, body: str, name: str) -> None:
    if wanted:
        true, found = Counter(words(wanted)), Counter(words(body))
        shared = (true & found).total()
        figures.counts["body words shared"] += shared
        figures.counts["body words missed"] += true.total() - shared
        figures.counts["body words added"] += found.total() - shared


def _judge_title(figures: Figures, truth: Truth, article: Article | None, name: str) -> None:
    if truth.title:
        title = article.title if article else ""
        right = words(title) == words(truth.title)
        verdict = "right" if right else "wrong" if title else "missing"
        figures.count(f"title {verdict}", "" if right else f"{name}: {title!r}, not {truth.title!r}")


def _judge_authors(figures: Figures, truth: Truth, article: Article | None, name: str) -> None:
    authors = article.authors if article else ()
    if not truth.authors:
        figures.count("authors where the truth has none" if authors else "authors rightly empty or unknown")
        return
    right = _people(authors) == _people(truth.authors)
    verdict = "right" if right else "wrong" if authors else "missing"
    figures.count(f"authors {verdict}", "" if right else f"{name}: {authors}, not {truth.authors}")


_NO_NAMES = frozenset(["and", "by", "dr", "md", "par", "phd", "por", "und", "von", "written"])


def _people(names: Iterable[str]) -> frozenset[str]:
    """The words of names, so that neither their order nor how they are parted counts."""
    return frozenset(word for name in names for word in words(name)) - _NO_NAMES


def _judge_date(figures: Figures, truth: Truth, article: Article | None, name: str) -> None:
    published = article.published if article else None
    if not _day(truth.date):
        figures.count("date where the truth has none" if published else "date rightly empty or unknown")
        return
    day = _day(truth.date)
    verdict = "missing" if published is None else "right" if calendar_day(published) == day else "wrong"
    if verdict == "wrong" and day and published and _is_day_elsewhere(published, day):
        verdict = "right by its own time zone"
    source = article.date_source if article else None
    figures.count(
        f"date {verdict}", f"{name}: {published} ({source}), not {truth.date}" if "right" not in verdict else ""
    )


def _day(text: str) -> date | None:
    """A day as the truth gives it; one that is written wrongly (`2022-29-11`) is none."""
    try:
        return date(*map(int, text.replace(".", "-").split("-")))
    except (TypeError, ValueError):
        return None


def _is_day_elsewhere(published: date | datetime, day: date) -> bool:
    """Whether a moment, whose day counts in UTC, is that day somewhere from UTC-12 to UTC+14."""
    if not isinstance(published, datetime) or published.tzinfo is None:
        return False
    return day in {(published + timedelta(hours=hours)).date() for hours in (-12, 14)}
