"""Related-link lines: `- headline - publisher - July 8th, 2025 [July 8th, 2025]`, alone and as a block under an article.

Headlines and publishers hold dashes and bars of their own, so a line is read from its end: the date, then the last part
between dashes as the publisher if it has the form of an outlet's name (on a line without date: if it plainly is one),
and all the rest is the headline. A bar counts only where no dash gives a publisher. One extension: a last part that is
a tagline ("Breaking News, Latest News and Videos") is a publisher too, together with the part before it where that may
be an outlet's name.

Which lines are such a block is decided by position and evidence, so that bullet points of the article itself stay in
its body (`find_block`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from searchkit.article import Link
from searchkit.dates import find_date_at_end, find_date_at_start
from searchkit.formats._linkheadings import is_heading
from searchkit.formats._outlets import is_outlet, is_tagline, may_be_outlet

LONGEST_LINE = 400
"""Characters of the longest line that is taken for a link; longer ones are prose."""

LONGEST_TEASER = 1500
"""Characters of the longest one right under a heading: a headline and what the article begins with."""

MOST_LINES_BEHIND = 3
"""Short lines (a copyright notice, say) that may follow a block of links which is still the last thing of its file."""

MOST_LINES_UNBULLETED = 100
"""How far from the end of a file a heading announces lines without bullets."""

_BULLET = re.compile(r"(?:[-*•·–—‣▪▫●○◦⁃∙»›>→]|\(?\d{1,3}[.)])\s+(?=\S)|[•‣▪▫●○◦](?=\S)")
_DASH = re.compile(r"(?<!\S)[-–—]+(?!\S)")
_BAR = re.compile(r"\s*[|·•]\s*")
_BRACKETED = re.compile(r"\s*\[([^\[\]]{1,60})\]$")
_PARENTHESISED = re.compile(r"\s*\(([^()]{1,100})\)$")
_MARKDOWN = re.compile(r"\[([^\[\]]+)\]\((https?://[^\s()]+)\)(.*)")
_URL = re.compile(r"\s*[-–—:|]*\s*[<(]?(https?://[^\s<>()]+)[>)]?$")
_SEPARATORS = " \t-–—|·•,;:"


class LinkLine(NamedTuple):
    """One line read as a link. `dated`: a date ends it; `sourced`: its publisher is plainly one, or it has a URL."""

    link: Link
    bulleted: bool
    dated: bool
    sourced: bool

    @property
    def is_evident(self) -> bool:
        return self.dated or self.sourced


def is_bulleted(line: str) -> bool:
    """Whether a line begins with a bullet or number of a list."""
    return _BULLET.match(line) is not None


def may_be_link(line: str) -> bool:
    """Whether a line, seen alone, may belong to a block of links: bulleted, or with headline, publisher and date."""
    return _candidate(line) is not None


def parse_link(line: str, longest: int = LONGEST_LINE) -> LinkLine | None:
    """The link that a line states, with or without a bullet; None for a line that is empty or too long for one."""
    bullet = _BULLET.match(line)
    text = line[bullet.end() :].strip() if bullet else line.strip()
    if not text or len(text) > longest:
        return None
    text, url = _take_url(text)
    text, day, publisher = _take_date_at_end(text)
    dated = day is not None
    if day is None:
        text, day = _take_date_at_start(text)
    headline, publisher = (text, publisher) if publisher else split_publisher(text, dated)
    headline = headline.strip(_SEPARATORS)
    if not any(map(str.isalnum, headline)) and not url:
        return None
    sourced = url is not None or (publisher is not None and is_outlet(publisher))
    return LinkLine(Link(headline or url or "", publisher, day, url), bullet is not None, dated, sourced)


def split_publisher(text: str, dated: bool) -> tuple[str, str | None]:
    """`headline - publisher` parted, as the head of this file tells; publisher None where none is stated."""
    parts = [part.strip() for part in _DASH.split(text)]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    last = parts[-1]
    if len(parts) > 2 and is_tagline(last) and may_be_outlet(parts[-2], 5):
        return _before(text, parts[-2]), f"{parts[-2]} - {last}"
    if len(parts) > 1 and (is_outlet(last) or _is_odd_outlet(last) or (dated and may_be_outlet(last, 8))):
        return _before(text, last), last
    if len(parts) == 1 and (bars := _BAR.split(last))[1:] and may_be_outlet(bars[-1], 8 if dated else 5):
        return _before(text, bars[-1]), bars[-1]
    return text, None


def _before(text: str, part: str) -> str:
    return text[: text.rindex(part)].rstrip(_SEPARATORS)


def _is_odd_outlet(text: str) -> bool:
    """Whether `text` is a publisher with a bar in it, "Crude Oil Prices Today | OilPrice.com", or a lone tagline."""
    bars = _BAR.split(text)
    return (len(bars) == 2 and all(may_be_outlet(bar, 6) for bar in bars)) or (is_tagline(text) and text[0].isupper())


def _take_url(text: str) -> tuple[str, str | None]:
    markdown = _MARKDOWN.fullmatch(text)
    if markdown:
        return markdown[1] + markdown[3], markdown[2]
    if "://" not in text:
        return text, None
    match = _URL.search(text)
    return (text[: match.start()].rstrip(_SEPARATORS), match[1]) if match else (text, None)


def _take_date_at_end(text: str) -> tuple[str, date | None, str | None]:
    """The text without the date that ends it, that date, and the publisher where it stood in parentheses with it."""
    bracketed = _BRACKETED.search(text)
    stated = find_date_at_end(bracketed[1]) if bracketed else None
    if bracketed and stated and not stated[0].strip():
        found = find_date_at_end(text[: bracketed.start()])
        before, day = found if found and _is_parted(found[0]) else (text[: bracketed.start()], stated[1])
        return _without_last_dash(before), _day(day), None
    inside = _PARENTHESISED.search(text)
    stated = find_date_at_end(inside[1]) if inside else None
    if inside and stated and may_be_outlet(stated[0].strip(_SEPARATORS) or "X", 8):
        return text[: inside.start()], _day(stated[1]), stated[0].strip(_SEPARATORS) or None
    found = find_date_at_end(text)
    if found and _is_parted(found[0]):
        return _without_last_dash(found[0]), _day(found[1]), None
    if found and found[0].endswith((", ", "; ")) and split_publisher(found[0].rstrip(_SEPARATORS), True)[1]:
        return found[0].rstrip(_SEPARATORS), _day(found[1]), None
    return text, None, None


def _is_parted(before: str) -> bool:
    """Whether a dash or bar sets the date behind `before` apart: "... on 8 July 2025" is part of a headline."""
    return before.rstrip()[-1:] in ("-", "–", "—", "|", "·", "•", "")


def _without_last_dash(text: str) -> str:
    return re.sub(r"(?:(?<!\S)[-–—]+|[|·•,;])\s*$", "", text).rstrip()


def _take_date_at_start(text: str) -> tuple[str, date | None]:
    found = find_date_at_start(text)
    if not found or not found[0].strip(_SEPARATORS):
        return text, None
    return found[0].lstrip(_SEPARATORS), _day(found[1])


def _day(stated: date | datetime) -> date:
    return stated.date() if isinstance(stated, datetime) else stated


# --- the block under an article ----------------------------------------------------------------------------------


class Block(NamedTuple):
    """Which lines of a file are its related links: `[start, end)`, and the links; `heading` is the line above or None."""

    start: int
    end: int
    links: tuple[Link, ...]
    heading: int | None


def find_block(lines: Sequence[str], announced: frozenset[int] = frozenset()) -> Block | None:
    """The related links at the end of a file's `lines`; None where there are none that can be told.

    Candidates are the lines at the end (behind them at most `MOST_LINES_BEHIND` short ones) that are bulleted and no
    plain sentences, or have headline, publisher and date; blank lines may part them. They are related links if a
    heading stands above them ("Related", "More on this"), if the line above is one of `announced` (the repeated title,
    as syndicators add it), or if on more than half of them a date ends the line or the publisher is plainly an outlet
    (a lone line needs its bullet, date and publisher). Anything else, such as the closing bullet points of an
    explainer, is the article's. Right under a heading, if nothing else follows, sentences behind bullets count as well, and
    short lines without bullets.
    """
    if block := _teasers_under_heading(lines):
        return block
    end = _skip_lines_behind(lines)
    if end is None:
        return _lines_under_heading(lines)
    start, found = _candidates(lines, end)
    above = next((i for i in range(start - 1, -1, -1) if lines[i]), None)
    heading = above if above is not None and is_heading(lines[above]) else None
    if heading is None and above not in announced:
        start, found = _without_lines_apart(lines, start, found)
        if not _is_evident([line for _, line in found]):
            return None
    return Block(start, end, tuple(line.link for _, line in found), heading)


def _lines_under_heading(lines: Sequence[str]) -> Block | None:
    """The lines without bullets between a heading and the end, when all of them are short and none ends a sentence."""
    for index in range(len(lines) - 1, max(-1, len(lines) - 1 - MOST_LINES_UNBULLETED), -1):
        line = lines[index]
        if line and is_heading(line):
            links = tuple(link.link for below in lines[index + 1 :] if (link := parse_link(below)))
            return Block(index + 1, len(lines), links, index) if links else None
        if len(line) > 200 or line.endswith((".", "。", ":", "”", '"')):
            return None
    return None


def _teasers_under_heading(lines: Sequence[str]) -> Block | None:
    """The last lines of a file, if all have bullets of one kind and a heading stands right above: sentences too."""
    start, kinds = len(lines), set()
    while start and (not lines[start - 1] or (bullet := _BULLET.match(lines[start - 1]))):
        start -= 1
        if lines[start] and bullet:
            kinds.add(re.sub(r"[\d\s]+", "", bullet[0]))
    if len(kinds) != 1 or not start or not is_heading(lines[start - 1]):
        return None
    found = [parse_link(line, LONGEST_TEASER) for line in lines[start:] if line]
    links = tuple(line.link for line in found if line)
    return Block(start, len(lines), links, start - 1) if len(links) == len(found) else None


def _skip_lines_behind(lines: Sequence[str]) -> int | None:
    """The end of the last line that can be a link, or None where the file ends otherwise."""
    skipped = 0
    for index in range(len(lines) - 1, -1, -1):
        if not lines[index]:
            continue
        if _candidate(lines[index]):
            return index + 1
        skipped += 1
        if skipped > MOST_LINES_BEHIND or len(lines[index]) > 100:
            return None
    return None


def _candidate(line: str) -> LinkLine | None:
    if len(line) > LONGEST_LINE:
        return None
    link = parse_link(line)
    if link is None or (not link.is_evident and line.endswith((".", "。"))):
        return None
    return link if link.bulleted or (link.dated and link.link.publisher) else None


def _candidates(lines: Sequence[str], end: int) -> tuple[int, list[tuple[int, LinkLine]]]:
    found: list[tuple[int, LinkLine]] = []
    for index in range(end - 1, -1, -1):
        if not lines[index]:
            continue
        link = _candidate(lines[index])
        if link is None:
            break
        found.append((index, link))
    found.reverse()
    return found[0][0], found


def _without_lines_apart(
    lines: Sequence[str], start: int, found: list[tuple[int, LinkLine]]
) -> tuple[int, list[tuple[int, LinkLine]]]:
    """Without the first lines that show no evidence and are parted by a blank line from those that do."""
    first = next((n for n, (_, line) in enumerate(found) if line.is_evident), 0)
    while first and lines[found[first][0] - 1]:
        first -= 1
    return (found[first][0], found[first:]) if first else (start, found)


def _is_evident(found: Sequence[LinkLine]) -> bool:
    if len(found) == 1:
        return found[0].bulleted and found[0].dated and found[0].link.publisher is not None
    return 2 * sum(line.is_evident for line in found) > len(found)
