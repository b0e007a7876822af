"""Hits and articles made by hand from the two articles of `seeds/`, and one of hostile text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

from searchkit.article import Article, Link, article_id, record_source
from searchkit.engine import Hit, IndexStats, LinkMatch, Snippet
from searchkit.format import BadRecord, Remark
from searchkit.indexing import IndexReport

PENTAGON = Article(
    id=article_id("seeds/000_db257b406ba59def.txt"),
    source="seeds/000_db257b406ba59def.txt",
    title="Pentagon Reviewing Mosul Bombings That Killed Hundreds of Civilians",
    dek="Has 700 Video Feeds of Airstrikes to Go Over",
    body=(
        "Insisting that they are putting a “high priority” on the review of recent US airstrikes in western Mosul "
        "which killed hundreds of the civilians, the Pentagon insists that they have more than 700 video feeds related "
        "to airstrikes at the time which are all going to be gone over.\n\nEvidence has been growing that US airstrikes "
        "have killed nearly 300 civilians recently."
    ),
    authors=("Jason Ditz",),
    note="Jason Ditz is Senior Editor. He has 20 years of experience in foreign policy research.",
    sha256="0d" * 32,
)
LINKS = (
    Link("Syrian authorities uncover mass grave near Iraq border", "Shafaq News", date(2025, 6, 29)),
    Link("Old strike on Mosul: what the airstrike left behind", None, date(2025, 7, 8)),
    Link("Mosul rebuilds", "The National", None),
    Link("Mosul airport opens", "Reuters", date(2025, 7, 1), "https://example.org/airport"),
    Link("Mosul museum", "AP", date(2025, 7, 2)),
)
RUSSIA = Article(
    id=article_id("seeds/004_4ddfc6bcc6cd5d23.txt"),
    source="seeds/004_4ddfc6bcc6cd5d23.txt",
    title="Russia condemns US over ‘absurd’ response to Mosul civilian deaths",
    body=(
        "Russia's ramped-up criticism follows reports of heavy civilian casualties in Mosul following a US airstrike "
        "in the city's al-Jadidah neighborhood on March 17.\nThe investigation was broadened after a US team visited "
        "the site of the March 17 airstrike and determined that there was evidence that the strike hit a house where "
        "civilians were located, a defense official told CNN."
    ),
    authors=("Tim Lister", "Radina Gigova", "Barbara Starr", "Ryan Brown"),
    publisher="CNN",
    links=LINKS,
    sha256="4d" * 32,
)
CHINESE = Article(
    id="c" * 20,
    source=record_source("archive/新闻.jsonl", 17),
    record="17",
    title="联合国称摩苏尔空袭造成大量平民伤亡，呼吁各方立即停止使用重型武器并开放人道走廊",
    body="联合国表示，摩苏尔西部的空袭造成大量平民伤亡。" * 3,
    authors=("张伟",),
    publisher="新华社",
    published=datetime(2017, 3, 25, 9, 30, tzinfo=UTC),
    date_source="meta",
    language="zh",
    url="https://example.org/新闻?id=17",
    sha256="17" * 32,
)


def spans(text: str, pattern: str) -> tuple[tuple[int, int], ...]:
    """Where a regular expression matches, without regard to case."""
    return tuple(match.span() for match in re.finditer(pattern, text, re.IGNORECASE))


def snippet(
    field: str, text: str, pattern: str, start: int = 0, *, before: bool = False, after: bool = False
) -> Snippet:
    """A snippet with the matches of a pattern."""
    return Snippet(field, text, spans(text, pattern), start, before, after)


def sample_hits() -> list[Hit]:
    """A dated hit in Chinese between the two seeds, which show all parts that a hit can have."""
    words = "mosul|airstrikes?|strike"
    return [
        Hit(
            rank=1,
            score=4.7123,
            article=RUSSIA,
            matched_in=("title", "body", "links"),
            title=snippet("title", RUSSIA.title, words),
            snippets=(
                snippet("body", RUSSIA.body[22:162], words, 22, before=True, after=True),
                snippet("body", RUSSIA.body[-180:], words, len(RUSSIA.body) - 180, before=True),
            ),
            links=tuple(LinkMatch(link, spans(link.headline, words)) for link in LINKS),
        ),
        Hit(
            rank=2,
            score=3.2,
            article=PENTAGON,
            matched_in=("title", "dek", "body", "author"),
            title=snippet("title", PENTAGON.title, words),
            dek=snippet("dek", PENTAGON.dek or "", words),
            snippets=(
                snippet("body", PENTAGON.body[:150], words, after=True),
                snippet("author", "Jason Ditz", "ditz"),
            ),
        ),
        Hit(
            rank=100,
            score=12.5,
            article=CHINESE,
            matched_in=("title", "body"),
            title=snippet("title", CHINESE.title, "摩苏尔|空袭"),
            snippets=(snippet("body", CHINESE.body, "摩苏尔|空袭", after=True),),
        ),
    ]


STATS = IndexStats(
    engine="whoosh",
    articles=1234,
    undated=12,
    words=987_654,
    links=80,
    publishers=31,
    first_date=date(2016, 1, 2),
    last_date=date(2025, 7, 8),
    size_bytes=1_234_567,
    generation=3,
    location="/archive/index",
    details={"segments": "2"},
)
REPORT = IndexReport(
    files=3,
    added=2,
    problems=(BadRecord("seeds/x.txt", "binary data"),),
    remarks=(Remark("seeds/y.txt", "read as Latin-1"),),
    took_s=0.21,
    total=2,
    generation=1,
)

HOSTILE = (
    "\x1b[31mred \x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x07 \x1b]52;c;cm0gLXJm\x07 \x9b2J\x9d0;t\x9c"
    " \u202eabc\u2066 nul\x00 \udc9b\ud800 \x7f\x08\x85 a\r\nb\rc\td\u2028e\u2029f \ufeff\u2062\U000e0041"
    " [red]x[/red] [/photo] [sic] [link=https://evil.example]y[/link] :smile: ‘quoted’"
)
"""Escape sequences (CSI, OSC 8, OSC 52, C1), bidi controls, NUL, lone surrogates, line ends, tags and rich markup."""


def _hostile(name: str) -> str:
    return f"{name}§{HOSTILE}"


def hostile_hit() -> Hit:
    """A hit with hostile text in every string; each begins with the name of its place and "§"."""
    link = Link(_hostile("headline"), _hostile("linkpublisher"), date(2025, 6, 29), _hostile("linkurl"))
    record = _hostile("record")
    article = Article(
        id=_hostile("id"),
        source=record_source(_hostile("path"), record),
        record=record,
        title=_hostile("title"),
        dek=_hostile("dek"),
        body=_hostile("body"),
        authors=(_hostile("author"), _hostile("author")),
        publisher=_hostile("publisher"),
        published=date(2017, 3, 1),
        date_source=_hostile("datesource"),
        language=_hostile("language"),
        url=_hostile("url"),
        links=(link, link),
        note=_hostile("note"),
        sha256=_hostile("sha"),
    )
    places = ((0, 3), (8, 14), (30, 90))
    fields: Sequence[str] = ("title", "body", "links", _hostile("matchedin"))
    return Hit(
        rank=1,
        score=1.0,
        article=article,
        parts=((_hostile("leaf"), 1.0),),
        matched_in=tuple(fields),
        title=Snippet("title", article.title, places),
        dek=Snippet("dek", article.dek or "", places),
        snippets=(
            Snippet("body", article.body, places, more_before=True, more_after=True),
            Snippet("author", article.authors[0], places),
        ),
        links=(LinkMatch(link, places),) * 5,
    )


def hostile_stats() -> IndexStats:
    """Stats with hostile text in every string."""
    return IndexStats(
        engine=_hostile("engine"),
        articles=1,
        undated=1,
        words=1,
        links=0,
        publishers=0,
        first_date=None,
        last_date=None,
        size_bytes=1,
        generation=1,
        location=_hostile("location"),
        details={_hostile("detailname"): _hostile("detail")},
    )


def hostile_report() -> IndexReport:
    """A report with hostile text in every string."""
    return IndexReport(
        files=2,
        added=1,
        problems=(BadRecord(_hostile("problemsource"), _hostile("reason")),),
        remarks=(Remark(_hostile("remarksource"), _hostile("remark")),),
    )
