"""Service: paths -> articles -> writer -> commit -> IndexReport."""

from __future__ import annotations

from dataclasses import dataclass

from searchkit.format import BadRecord, Remark


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one run of indexing did (or, with `dry_run`, would do), counted in articles unless the name says files.

    `removed` counts articles whose file or record has vanished. `total` is how many the index holds afterwards, None
    after a dry run. Each problem is a file or record that was not indexed.
    """

    files: int = 0
    files_unchanged: int = 0
    files_removed: int = 0
    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    removed: int = 0
    problems: tuple[BadRecord, ...] = ()
    remarks: tuple[Remark, ...] = ()
    took_s: float = 0.0
    total: int | None = None
    generation: int | None = None
    dry_run: bool = False
