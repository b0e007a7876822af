"""The title of a page's article: the headline that is shown, told by what the page states of itself elsewhere.

Pages state their title several times: in JSON-LD, for social networks, for the window, each with other additions, and
show it once, as a heading. The heading that says most nearly what is stated is the title. Where none does, a stated
title is, without the site's name before or behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from searchkit.analysis import words
from searchkit.formats._outlets import is_domain, may_be_outlet
from searchkit.formats._page.metas import Metas
from searchkit.formats._page.tree import text_of
from searchkit.formats._titles import LONGEST_TITLE, read_title

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MOST_HEADINGS = 60
"""Besides `<h1>`, which menus of many entries may stand before."""
_MOST_PARTS = 12
"""Elements inside a heading that may be its kicker."""
_LIKE = 0.5
"""How alike (0 to 1) a heading and a stated title must be."""
_LEAST_LIKE = 0.33
"""The same for one that is marked as the headline, of weight `_SURE` at least."""
_SURE = 3.0

_MARK = re.compile(
    r"\s+[–—-]+\s+|\s*[|│·•»«›‹>]+\s+|\s+[|│·•»«›‹:/]+\s*|(?<=\w)_(?=\w)|(?<=[\u3000-\u9fff\uff00-\uffef])-(?=[\u3000-\u9fff])|\s+//+\s+|\s+::+\s+"
)
_MARKED_HEADLINE = re.compile(
    r"(?:^|[\s_-])(?:(?:entry|post|article|story|page|content|news|artikel|beitrag)[_-]*(?:title|titel|headline|heading)"
    r"|headline|headlinetext|titular|titulo)(?:$|[\s_-])",
    re.IGNORECASE,
)
_KICKER = re.compile(
    r"kicker|overline|topline|dachzeile|roof|eyebrow|pre-?(?:title|headline)|rubrik|spitzmarke|sr-only|visually-hidden"
    r"|screen-reader|volanta|headline-(?:topic|label)|supertitle|topic",
    re.IGNORECASE,
)
_ASIDE = frozenset(["nav", "footer", "aside"])
_OF_HEADINGS = frozenset(["h1", "h2", "h3"])
_WHOLE_PAGE = 30
"""Paragraphs and divisions of a form that is the page."""
_LONGEST_KICKER = 6
"""Words of the longest kicker that a heading may hold before the title proper."""


_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading of the page: its text, its words, and how much it looks like the title by itself (0 to 3)."""

    text: str
    words: _Words
    weight: float


def choose_title(tree: HtmlElement, metas: Metas, headline: str, names: frozenset[str]) -> tuple[str, str | None]:
    """The title, and the publisher that stood behind it where it was stated.

    `headline` is JSON-LD's, `names` are the site's.
    """
    window = next((text for element in tree.iter("title") if (text := " ".join(element.text_content().split()))), "")
    social = metas.first("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "title")
    stated = [text for text in (headline, social, window) if text and len(text) <= LONGEST_TITLE]
    forms = frozenset(form for text in stated for form in _forms(text))
    whole = frozenset(tuple(words(text)) for text in (headline, social, window) if text)
    headings = _without_site_heading(list(_headings(tree, names, forms, whole)), window)
    heading = _best_heading(headings, forms)
    if heading is not None:
        is_whole = any(tuple(words(text)) == heading.words for text in (social, headline) if text)
        title = heading.text if is_whole else _without_site(_without_kicker(heading, stated), names)
        return title, _behind(title, window, names)
    if not stated:
        return "", None
    stated = [text for text in stated if "".join(words(text)) not in names] or stated
    title = _without_site(stated[0], names)
    if title != stated[0]:
        return title, _behind(title, stated[0], names)
    read = read_title(title, stated[1:])
    return read.headline, read.publisher


def _headings(
    tree: HtmlElement, names: frozenset[str], forms: frozenset[_Words], whole: frozenset[_Words]
) -> Iterator[_Heading]:
    """What may be the shown headline: headings and what is marked as one, without the site's own name."""
    marked = "@itemprop='headline' or @itemprop='name headline' or self::h1 or self::h2 or self::h3"
    named = "contains(@class, 'itle') or contains(@class, 'eadline')"
    found = tree.xpath(f"//body//*[{marked} or ((self::div or self::p or self::span or self::h4) and ({named}))]")
    for n, element in enumerate(found):
        if (n >= _MOST_HEADINGS and element.tag != "h1") or _is_around_heading(element):
            continue
        weight = _weight(element)
        text = _heading_text(element, forms, whole) if weight >= 0 and not _leads_home(element) else ""
        said = tuple(words(text))
        if weight <= 0 and (element.tag in _OF_HEADINGS or said not in forms):
            continue
        if said and len(text) <= LONGEST_TITLE and "".join(said) not in names:
            yield _Heading(text, said, weight)


def _is_around_heading(element: HtmlElement) -> bool:
    """Whether an element is named after a title, but holds the heading among other things."""
    return element.tag not in _OF_HEADINGS and next(element.iter(*_OF_HEADINGS), None) is not None


def _weight(element: HtmlElement) -> float:
    weight = {"h1": 3.0, "h2": 1.5, "h3": 0.5}.get(element.tag, 0.0)
    if element.get("itemprop") in ("headline", "name headline") or _MARKED_HEADLINE.search(element.get("class") or ""):
        weight = max(weight, 1.0) + 1.0
    above = {ancestor.tag for ancestor in element.iterancestors()}
    if above & _ASIDE or ("form" in above and "main" not in above and _in_small_form(element)):
        weight -= 3.0
    if "a" in above and element.tag != "h1":
        weight -= 1.0
    return weight


def _in_small_form(element: HtmlElement) -> bool:
    """Whether a heading stands in a form that people fill in; some programs put the whole page in one."""
    form = next(element.iterancestors("form"))
    return form.getparent().tag != "body" and next(islice(form.iter("p", "div"), _WHOLE_PAGE, None), None) is None


def _leads_home(element: HtmlElement) -> bool:
    """Whether a heading is a link to the front page, as the names of sites are."""
    links = [*element.iterdescendants("a"), *element.iterancestors("a")][:1]
    return any(_is_front(link.get("href") or "#") for link in links)


def _is_front(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.path in ("", "/") and not parts.fragment and not parts.query and address != "#"


def _heading_text(element: HtmlElement, forms: frozenset[_Words], stated: frozenset[_Words]) -> str:
    """The text of a heading without the kicker or subline inside it.

    A part is one if it is marked so, or if what is left without it is what is stated elsewhere and the
    whole (as `stated`) is not.
    """
    whole = text_of(element)
    is_stated = tuple(words(whole)) in stated
    parts = element.iterdescendants("span", "div", "p", "small", "strong", "a", "em", "b", "i", "h1", "h2")
    for part in islice(parts, _MOST_PARTS):
        inner = text_of(part)
        if inner and inner in whole and len(inner) < len(whole):
            rest = " ".join(whole.replace(inner, "", 1).split()).strip(" :|–—-•/")
            if (not is_stated and tuple(words(rest)) in forms) or (_is_kicker(part) and len(inner) < 0.7 * len(whole)):
                whole = rest
    return whole


def _is_kicker(element: HtmlElement) -> bool:
    return _KICKER.search(element.get("class") or "") is not None


def _best_heading(headings: Sequence[_Heading], forms: frozenset[_Words]) -> _Heading | None:
    """The heading most like what is stated; a lone `<h1>` of some words where none is like it; else None."""
    rated = [(max((_alike(heading.words, form) for form in forms), default=0.0), heading) for heading in headings]
    like = [
        (alike * 4 + heading.weight + min(max(len(heading.words), len(heading.text) / 8), 6) / 3, -n, heading)
        for n, (alike, heading) in enumerate(rated)
        if alike >= (_LIKE if heading.weight < _SURE else _LEAST_LIKE)
    ]
    if like:
        return max(like)[2]
    first = [heading for heading in headings if heading.weight >= 3]
    return first[0] if len(first) == 1 and len(first[0].words) > 1 else None


def _without_site_heading(headings: list[_Heading], window: str) -> list[_Heading]:
    """The headings without the site's name: the first that is an end of the window's title, if a longer one behind it
    is the other end."""
    first, *rest = (tuple(words(part)) for part in _MARK.split(window))
    if not rest or first == rest[-1]:
        return headings
    shown = [heading for heading in headings if heading.words in (first, rest[-1])]
    is_name = any(len(other.text) > len(shown[0].text) for other in shown if other.words != shown[0].words)
    return [heading for heading in headings if not is_name or heading.words != shown[0].words]


def _alike(one: _Words, other: _Words) -> float:
    """How many words two texts share (0 to 1)."""
    return 2 * len(set(one) & set(other)) / (len(set(one)) + len(set(other))) if one and other else 0.0


def _forms(text: str) -> Iterator[_Words]:
    """The words of a stated title, whole and without its first or last parts."""
    ends = (text[mark.end() :] for mark in _MARK.finditer(text))
    return (tuple(words(part)) for part in (text, *_beginnings(text), *ends))


def _beginnings(text: str) -> Iterator[str]:
    return (text[: mark.start()].strip() for mark in _MARK.finditer(text))


def _without_kicker(heading: _Heading, stated: Iterable[str]) -> str:
    """The heading, or what is stated where the heading has only a few words more before it."""
    for text in (part for whole in stated for part in (whole, *_beginnings(whole))):
        said = tuple(words(text))
        more = len(heading.words) - len(said)
        if len(said) > 3 and 0 < more <= _LONGEST_KICKER and heading.words[more:] == said:
            return text
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
        _MARK.split(site)[-1],
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
        marks = list(_MARK.finditer(title))
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
    last = _MARK.split(stated[len(title) :])[-1].strip(" |-–—·•»›")
    is_name = last and (is_domain(last) or "".join(words(last)) in names or may_be_outlet(last, 5))
    return last if is_name else None
