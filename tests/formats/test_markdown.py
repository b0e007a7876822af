"""Markdown: front matter in YAML and TOML, marks that are removed, what stays."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import ClassVar

import pytest

from searchkit.article import Article, Link
from searchkit.format import BadRecord, Format, Limits, ReadingOptions, Record, Remark, detect
from searchkit.formats import FORMATS
from searchkit.formats._marks import marks_removed
from searchkit.formats.markdown import MarkdownFormat
from tests.formats.contract import FormatContract


def read(raw: bytes | str, options: ReadingOptions = ReadingOptions()) -> list[Record]:
    """All that this file gives."""
    stream = io.BytesIO(raw.encode() if isinstance(raw, str) else raw)
    return list(MarkdownFormat().read(stream, "a.md", options))


def read_one(text: str) -> Article:
    """Its article, which comes without remarks."""
    (article,) = read(text)
    assert isinstance(article, Article), article
    return article


class TestMarkdownContract(FormatContract):
    """Markdown keeps what every format promises."""

    format: ClassVar[Format] = MarkdownFormat()
    good: ClassVar[bytes] = b"---\ntitle: A bridge\ndate: 2017-03-17\n---\n\nThe *text*.\n"


# --- front matter ------------------------------------------------------------------------------------------------

YAML = """---
# a comment
title: "A bridge: open"
date: 2017-03-17 10:00:00 +0200
author: [Jane Doe, John Roe]
description: Short.
publisher: {name: The Wire}
canonical_url: https://x.org/1
lang: en-gb
links:
  - title: Other
    url: https://x.org/2
tags: [a, b]
---
"""
TOML = """+++
title = "A bridge: open"
date = 2017-03-17T10:00:00+02:00
authors = ["Jane Doe", "John Roe"]
description = "Short."
publisher = "The Wire"
canonical_url = "https://x.org/1"
lang = "en-gb"
links = [{title = "Other", url = "https://x.org/2"}]
+++
"""


@pytest.mark.parametrize("matter", [YAML, TOML, YAML.replace("\n", "\r\n"), "\ufeff" + YAML])
def test_front_matter(matter: str) -> None:
    """Both kinds give the same; they are told by the beginning."""
    article = read_one(f"{matter}\nOne.\n\nTwo.\n")
    assert (article.title, article.body, article.dek) == ("A bridge: open", "One.\n\nTwo.", "Short.")
    assert (article.authors, article.publisher, article.language) == (("Jane Doe", "John Roe"), "The Wire", "en-GB")
    assert (article.published, article.date_source) == (datetime(2017, 3, 17, 8, 0, tzinfo=UTC), "meta")
    assert (article.url, article.links) == ("https://x.org/1", (Link("Other", url="https://x.org/2"),))
    assert (article.source, article.record) == ("a.md", None)
    found = detect("", matter.encode(), FORMATS)
    assert found is not None and found.name == "markdown"


def test_values_are_read_as_they_are_written() -> None:
    """A title that is a number, a date or `no` is text; a date stays one."""
    for title in ("2017", "2017-03-17", "no", "1.0"):
        assert read_one(f"---\ntitle: {title}\ndate: 2017-03-17\n---\n").title == title
        assert read_one(f"---\ntitle: {title}\ndate: 2017-03-17\n---\n").published == date(2017, 3, 17)
    assert read_one("+++\ntitle = 2017\n+++\n").title == "2017"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("links: yes", "links is no list of links; left out"),
        ("summary: [a]", "summary is a list, not text; left out"),
        ("author: {x: y}", "author holds no names; left out"),
        ("date: soon", 'date "soon" is not a date'),
        ("lang: English", 'lang "English" is not a language tag'),
    ],
)
def test_keys_that_sites_use_their_own_way_are_left_out(line: str, said: str) -> None:
    """The article is kept, with a remark."""
    remark, article = read(f"---\ntitle: T\n{line}\n---\nText.")
    assert isinstance(remark, Remark) and remark.text.startswith(f"front matter: {said}")
    assert isinstance(article, Article) and article.body == "Text."


def test_front_matter_that_cannot_be_read_is_told() -> None:
    """The text behind it is read all the same."""
    for matter in (
        "---\ntitle: [\n---\n",
        "---\n- a\n---\n",
        "+++\ntitle = \n+++\n",
        "---\na: " + "[" * 5000 + "\n---\n",
    ):
        remark, article = read(f"{matter}# T\n\nText.")
        assert isinstance(remark, Remark) and remark.text.startswith("front matter is not read: ")
        assert isinstance(article, Article) and (article.title, article.body) == ("T", "Text.")


def test_addresses_inside_of_a_site_and_ids_are_none() -> None:
    """A path is no address; the file names the article."""
    article = read_one("---\ntitle: T\nurl: /a/b\nid: 5\nbody: no\n---\nText.")
    assert (article.url, article.source, article.body) == (None, "a.md", "Text.")


def test_keys_of_ones_own() -> None:
    """The setting `fields` counts in front matter too."""
    (article,) = read("---\nparams:\n  kicker: K\n---\nx", ReadingOptions(fields={"title": ("params.kicker",)}))
    assert isinstance(article, Article) and article.title == "K"


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("# A bridge\n\nText.", "A bridge", "Text."),
        ("A bridge\n========\nText.", "A bridge", "Text."),
        ("---\ntitle: a bridge\n---\n# A Bridge\n\nText.", "a bridge", "Text."),
        ("---\ntitle: T\n---\n# Other\n\nText.", "T", "Other\n\nText."),
        ("Text.\n\n# Later", "", "Text.\n\nLater"),
        ("---\nnot closed\n\nText.", "", "not closed\n\nText."),
    ],
)
def test_the_first_heading_is_the_title(text: str, title: str, body: str) -> None:
    """Where the front matter states none; where it repeats the title it is left out."""
    article = read_one(text)
    assert (article.title, article.body) == (title, body)


# --- marks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a **bold** and _thin_ *x*, ***both***, un*frigging*real", "a bold and thin x, both, unfriggingreal"),
        ("snake_case_name and 2 * 3 * 4 and \\*kept\\*", "snake_case_name and 2 * 3 * 4 and *kept*"),
        ("see [the **text**](https://x.org/a_(b) \"title\") ![alt](i.png) <https://x.org>", "see the text alt https://x.org"),
        ("[a][1] and [b] and note[^1]\n\n[1]: https://x.org\n[^1]: The note.", "a and [b] and note\n\nThe note."),
        ("[[Page|wiki]] and [[Other]]", "wiki and Other"),
        ("one\ntwo  \nthree\n\nfour", "one two three\n\nfour"),
        ("- a\n* b\n1. c\n   more\n- [x] d", "a\n\nb\n\nc more\n\nd"),
        ("> quoted\n> more\n>\n> last", "quoted more\n\nlast"),
        ("a\n\n***\n\nb\n\n- - -\n", "a\n\nb"),
        ("| A | B |\n|---|:-:|\n| 1 | 2 |", "A B\n\n1 2"),
        ("x\n```py\na  *b*\n# c\n```\ny `z`", "x\n\na  *b*\n# c\n\ny z"),
        ("<b>x</b> &amp; a < b <!-- no -->", "x & a < b"),
        ("{{< figure src=\"x\" >}}a{% raw %} ~~b~~ {:.class}", "a b"),
        ("## Head ##\ntext\nSub\n---\nmore", "Head\n\ntext Sub\n\nmore"),
    ],
)  # fmt: skip
def test_marks_are_removed(text: str, plain: str) -> None:
    """Words stand beside one another as on the page; what is no mark stays."""
    assert "\n\n".join(filter(None, marks_removed(text))) == plain


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "*a " * 20_000, "`" * 20_000, "<a" * 20_000, "](" * 20_000, "> " * 20_000]
)
def test_marks_that_are_never_closed_do_not_take_long(text: str) -> None:
    """Text made of marks alone is read as well."""
    assert read(text)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"---\n---\n", "has no title and no text"),
        (b"\x00\x01\x02" * 9, "binary"),
        (b"x" * (2**20 + 1), "reading.file_mb"),
    ],
)
def test_what_cannot_be_read_says_so(raw: bytes, reason: str) -> None:
    """One bad record for the file."""
    (bad,) = read(raw, ReadingOptions(limits=Limits(file_mb=1)))
    assert isinstance(bad, BadRecord) and bad.source == "a.md" and reason in bad.reason


@pytest.mark.parametrize("head", [b"---\n\nText", b"--- a\nb: c", b"# Title\n", b"+++\nx", b"----\na: b"])
def test_text_is_not_taken_for_markdown(head: bytes) -> None:
    """Without front matter only the ending tells."""
    assert not MarkdownFormat().accepts(head)
