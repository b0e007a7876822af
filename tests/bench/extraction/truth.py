"""The sets of pages, and what is true of each page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

_BETWEEN_NAMES = re.compile(r"\s*[;,/&]\s*|\s+(?:and|und|et|y)\s+")


@dataclass(frozen=True, slots=True)
class Truth:
    """One page, and what people or other readers say of it; empty where they say nothing."""

    file: Path
    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    """A day, `2017-03-17`."""
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    """Snippets that the body must hold, and must not hold."""
    body: str = ""


def sets(folder: Path) -> dict[str, list[Truth]]:
    """The pages of each set in a folder, by the set's name."""
    return {file.parent.name: list(_read(file)) for file in sorted(folder.glob("*/truth.jsonl"))}


def _read(file: Path) -> Iterator[Truth]:
    for line in file.read_text(encoding="utf-8").split("\n"):
        if line:
            fields = json.loads(line)
            yield Truth(
                file=file.parent / fields["file"],
                title=unescape(fields.get("title") or ""),
                authors=_names(fields.get("author")),
                date=(fields.get("date") or "")[:10],
                wanted=tuple(map(unescape, fields.get("must_contain") or ())),
                unwanted=tuple(map(unescape, fields.get("must_not_contain") or ())),
                body=fields.get("body") or "",
            )


def _names(stated: Any) -> tuple[str, ...]:
    """The names; of what was copied with the lines below it (`By Jane Doe`, then a date) the first line."""
    names = stated if isinstance(stated, list) else [stated] if stated else []
    return tuple(name for text in names for name in _BETWEEN_NAMES.split(text.strip().split("\n")[0]) if name)
