"""What a commit says of itself: `searchkit-<generation>.json`, and `sources-<generation>.json` for what was read.

Both are written whole before Whoosh's own table of contents `_MAIN_<generation>.toc` appears, whose rename is the commit.
So a generation that has a table of contents has its manifest, a manifest without one was never committed and is
overwritten by the next writer, and versions are compared before Whoosh unpickles anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from searchkit.analysis import ANALYSIS_VERSION
from searchkit.engine import SourceState
from searchkit.engines.whoosh.damage import REBUILD
from searchkit.errors import IndexVersionError

SCHEMA_VERSION = 1
"""Changes when an index of before cannot be read any more."""

_TOC = re.compile(r"_MAIN_([0-9]+)\.toc")
_UNFINISHED_TOC = re.compile(r"_MAIN_[0-9]+\.toc\..+")
_OURS = re.compile(r"(?:searchkit|sources)-([0-9]+)\.json")


@dataclass(slots=True)
class Totals:
    """Sums over all articles, kept up to date as they come and go: of each field the words and the articles that have
    any there, and the related links."""

    words: dict[str, int] = field(default_factory=dict)
    holders: dict[str, int] = field(default_factory=dict)
    links: int = 0

    def count(self, lengths: Mapping[str, int], links: int, sign: int = 1) -> None:
        """Add an article by the lengths of its fields, or take it away (`sign` -1)."""
        for name, length in lengths.items():
            self.words[name] = self.words.get(name, 0) + sign * length
            self.holders[name] = self.holders.get(name, 0) + sign * (length > 0)
        self.links += sign * links

    def mean_length(self, name: str) -> float:
        """Words of a field on average, over the articles that have any there; 0 when none has."""
        holders = self.holders.get(name, 0)
        return self.words[name] / holders if holders else 0.0


def latest_generation(directory: Path) -> int:
    """The number of the last commit, told by file names alone; 0 where there is none."""
    found = (_TOC.fullmatch(name) for name in _file_names(directory))
    return max((int(match[1]) for match in found if match), default=0)


def manifest_path(directory: Path, generation: int) -> Path:
    return directory / f"searchkit-{generation}.json"


def sources_path(directory: Path, generation: int) -> Path:
    return directory / f"sources-{generation}.json"


def write_manifest(directory: Path, generation: int, totals: Totals, sources: Mapping[str, SourceState]) -> None:
    """Write both files of a generation which is about to be committed."""
    versions = {"schema": SCHEMA_VERSION, "analysis": ANALYSIS_VERSION}
    manifest_path(directory, generation).write_text(json.dumps({**versions, "totals": asdict(totals)}), "ascii")
    states = {
        file: [s.size_bytes, s.modified_ns, s.sha256, s.articles, s.problems] for file, s in sorted(sources.items())
    }
    # ASCII escapes keep file names that are not UTF-8 as they are.
    sources_path(directory, generation).write_text(json.dumps(states, indent=0), "ascii")


def read_totals(directory: Path, generation: int) -> Totals:
    """The totals of a commit. Raises `IndexVersionError` when another version of searchkit wrote it."""
    said = json.loads(manifest_path(directory, generation).read_text("ascii"))
    for key, needed in (("schema", SCHEMA_VERSION), ("analysis", ANALYSIS_VERSION)):
        if said[key] != needed:
            raise IndexVersionError(f"{directory}/ holds {key} {said[key]} but this version needs {needed}; {REBUILD}")
    return Totals(**said["totals"])


def decode_sources(data: bytes) -> dict[str, SourceState]:
    """The content of a `sources-<generation>.json`."""
    return {
        file: SourceState(size_bytes, modified_ns, sha256, articles, _pairs(problems))
        for file, (size_bytes, modified_ns, sha256, articles, problems) in json.loads(data).items()
    }


def remove_leftovers(directory: Path, generation: int) -> None:
    """Drop what belongs to other generations than the committed one, also of writers that were killed."""
    for name in _file_names(directory):
        match = _OURS.fullmatch(name)
        if (match and int(match[1]) != generation) or _UNFINISHED_TOC.fullmatch(name):
            (directory / name).unlink(missing_ok=True)


def _file_names(directory: Path) -> list[str]:
    try:
        return [path.name for path in directory.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _pairs(problems: Iterable[Iterable[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((source, reason) for source, reason in problems)
