"""The title of a page's article: the headline that is shown, told by what the page states of itself elsewhere.

Pages state their title several times: in JSON-LD, for social networks, for the window, each with other additions, and
show it once, as a heading. The heading that says most nearly what is stated is the title. Where none does, a stated
title is, without the site's name before or behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from searchkit.analysis import words
from searchkit.formats._outlets import is_domain, may_be_outlet
from searchkit.formats._page.headings import Heading, headings_of
from searchkit.formats._page.metas import Metas
from searchkit.formats._page.stated import LIKE, MARK, Words, alike, beginnings, read_stated
from searchkit.formats._titles import LONGEST_TITLE, read_title

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LEAST_LIKE = 0.33
"""How alike (0 to 1) to a stated title an `<h1>` must be (of weight `_SURE` at least); others `LIKE`."""
_SURE = 3.0
_MOST_LIKE = 0.8
"""The same for a heading of the third rank: one that shares some words is more often a section's."""
_THIRD = 1.0
_MARKED = 2.5
"""The least weight of an `<h2>` that is marked as the headline."""

_LONGEST_KICKER = 6
"""Words of the longest kicker that a heading may hold before the title proper."""


def choose_title(tree: HtmlElement, metas: Metas, headline: str, names: frozenset[str]) -> tuple[str, str | None]:
    """The title, and the publisher that stood behind it where it was stated.

    `headline` is JSON-LD's, `names` are the site's.
    """
    window = next((text for element in tree.iter("title") if (text := " ".join(element.text_content().split()))), "")
    social = metas.first("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "title")
    texts = [text for text in (headline, social, window) if text and len(text) <= LONGEST_TITLE]
    stated = read_stated(texts)
    headings = _without_site_heading(list(headings_of(tree, names, stated)), window)
    heading = _best_heading(headings, stated.forms)
    if heading is not None:
        is_whole = any(tuple(words(text)) == heading.words for text in (social, headline) if text)
        title = heading.text if is_whole else _without_site(_without_kicker(heading, texts, headings), names)
        return title, _behind(title, window, names)
    if not texts:
        return "", None
    texts = [text for text in texts if "".join(words(text)) not in names] or texts
    title = _without_site(texts[0], names)
    if title != texts[0]:
        return title, _behind(title, texts[0], names)
    read = read_title(title, texts[1:])
    return read.headline, read.publisher


def _best_heading(headings: Sequence[Heading], forms: frozenset[Words]) -> Heading | None:
    """The heading most like what is stated; where none is like it a lone `<h1>` of some words or, without any, a lone
    heading that is marked as the headline; else None."""
    rated = [(max((alike(heading.words, form) for form in forms), default=0.0), heading) for heading in headings]
    like = [
        (likeness * 4 + heading.weight + min(max(len(heading.words), len(heading.text) / 8), 6) / 3, -n, heading)
        for n, (likeness, heading) in enumerate(rated)
        if likeness >= _least_likeness(heading)
    ]
    if like:
        return max(like)[2]
    first = [heading for heading in headings if heading.weight >= _SURE]
    first = first or [heading for heading in headings if heading.weight >= _MARKED]
    return first[0] if len(first) == 1 and len(first[0].words) > 1 else None


def _least_likeness(heading: Heading) -> float:
    if heading.weight < _THIRD:
        return _MOST_LIKE
    return LIKE if heading.weight < _SURE else _LEAST_LIKE


def _without_site_heading(headings: list[Heading], window: str) -> list[Heading]:
    """The headings without the site's name: the first that is an end of the window's title, if a longer one behind it
    is the other end."""
    first, *rest = (tuple(words(part)) for part in MARK.split(window))
    if not rest or first == rest[-1]:
        return headings
    shown = [heading for heading in headings if heading.words in (first, rest[-1])]
    is_name = any(len(other.text) > len(shown[0].text) for other in shown if other.words != shown[0].words)
    return [heading for heading in headings if not is_name or heading.words != shown[0].words]


def _without_kicker(heading: Heading, stated: Iterable[str], headings: Sequence[Heading]) -> str:
    """The heading, or what is stated where the heading has only a few words more before it.

    Words before a colon are the headline's own (`"Bare fraud": court stops bridge`), unless an element sets them apart or
    another heading does without them.
    """
    for text in (part for whole in stated for part in (whole, *beginnings(whole))):
        said = tuple(words(text))
        more = len(heading.words) - len(said)
        if len(said) > 3 and 0 < more <= _LONGEST_KICKER and heading.words[more:] == said:
            before, colon, _ = heading.text.partition(": ")
            has_colon = colon and len(words(before)) == more and heading.is_one_piece
            return heading.text if has_colon and all(other.words != said for other in headings) else text
    return heading.text


def _host(address: str) -> str:
    """The host of an address; "" of one that is none, as a capture or a record may state (`http://[x/`)."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def site_names(site: str, url: str | None, metas: Metas) -> frozenset[str]:
    """What the site is called, as words run together: its stated names, its host, the label of its domain."""
    host = _host(url) if url else ""
    labels = host.removeprefix("www.").split(".")
    domain = max(labels[:-1], key=len) if len(labels) > 1 else ""
    stated = (
        site,
        MARK.split(site)[-1],
        metas.first("og:site_name"),
        metas.first("application-name"),
        host,
        host.removeprefix("www."),
        domain,
    )
    return frozenset(name for text in stated if (name := "".join(words(text))))


def _without_site(title: str, names: frozenset[str]) -> str:
    """A stated title without the part before or behind a dash or bar that names the site."""
    for _ in range(3):
        marks = list(MARK.finditer(title))
        if not marks:
            break
        first, last = title[: marks[0].start()], title[marks[-1].end() :]
        if _names_site(last, names):
            rest = title[: marks[-1].start()].strip()
        elif _names_site(first, names):
            rest = title[marks[0].end() :].strip()
        else:
            break
        if not words(rest):
            break
        title = rest
    return title


def _names_site(part: str, names: frozenset[str]) -> bool:
    """Whether a part of a title is the site's name, with or without a few words more."""
    run = "".join(words(part))
    return bool(run) and (
        run in names or any(len(name) > 3 and name in run and len(run) < 3 * len(name) for name in names)
    )


def _behind(title: str, stated: str, names: frozenset[str]) -> str | None:
    """The publisher that stands behind the title in a stated one, as far as it has the form of one."""
    if not stated.startswith(title):
        return None
    last = MARK.split(stated[len(title) :])[-1].strip(" |-–—·•»›")
    is_name = last and (is_domain(last) or "".join(words(last)) in names or may_be_outlet(last, 5))
    return last if is_name else None
