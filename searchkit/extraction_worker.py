"""A process that extracts articles from pages, started by `extraction` and fed through its standard input.

It is told first which function extracts, and how; then it is given one page after the other and answers each with records.
The pages are of unknown origin: it may not use the network or start programs, and its memory is limited.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import astuple
from importlib import import_module
from typing import Any

from searchkit.article import Article
from searchkit.format import BadRecord, Page, ReadingOptions, Record, Remark
from searchkit.limits import Limits
from searchkit.processes import end_with_parent
from searchkit.transfer import from_plain, pack, receive, to_plain

Extract = Callable[[Page, ReadingOptions], list[Record]]

_REFUSED = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "pty.")
_PAGE_BYTES = resource.getpagesize()


def main() -> None:
    """Serve pages until there are no more."""
    end_with_parent()
    # What libraries print would stand among the answers.
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    pipe = sys.stdin.buffer
    function, fields, limits = receive(pipe)
    options = ReadingOptions(fields, Limits(*limits))
    sys.addaudithook(_refuse)
    try:
        module, _, name = function.partition(":")
        extract: Extract = getattr(import_module(module), name)
    except Exception as error:
        answers.write(pack({"error": f"{type(error).__name__}: {error}"}))
        answers.flush()
        return
    answers.write(pack({}))
    answers.flush()
    at_first = _size_bytes()
    while True:
        try:
            html, charset, known = receive(pipe)
        except EOFError:
            return
        page = Page(html, from_plain(known), charset)
        _limit_memory(options.limits.extraction_mb * 2**20)
        answer = plain_records(_extracted(extract, page, options))
        # A process that keeps what it was given would have less and less room for the pages to come.
        leaves = _size_bytes() - at_first > options.limits.extraction_mb * 2**20 // 2
        answers.write(pack([answer, leaves]))
        answers.flush()
        if leaves:
            return


def _extracted(extract: Extract, page: Page, options: ReadingOptions) -> list[Record]:
    source = page.known.source
    try:
        return extract(page, options)
    except MemoryError:
        return [BadRecord(source, options.limits.over("extraction_mb", "its extraction needs too much memory"))]
    except Exception as error:  # whatever goes wrong in one page must cost that page only
        return [BadRecord(source, f"its extraction failed: {type(error).__name__}: {error}")]


def options_message(function: str, options: ReadingOptions) -> bytes:
    """What a process is told first: where the function is (`module:name`), and how to read."""
    return pack([function, dict(options.fields), astuple(options.limits)])


def page_message(page: Page) -> bytes:
    """A page for a process."""
    return pack([page.html, page.charset, to_plain(page.known)])


def plain_records(records: Iterable[Record]) -> list[tuple[Any, ...]]:
    """Records as values that go through a pipe."""
    plain: list[tuple[Any, ...]] = []
    for record in records:
        if isinstance(record, Article):
            plain.append(("article", to_plain(record)))
        elif isinstance(record, BadRecord):
            plain.append(("bad", record.source, record.reason))
        elif isinstance(record, Remark):
            plain.append(("remark", record.source, record.text))
    return plain


def records_from_plain(plain: Iterable[tuple[Any, ...]]) -> list[Record]:
    """The inverse of `plain_records`."""
    makers: dict[str, Callable[..., Record]] = {"article": from_plain, "bad": BadRecord, "remark": Remark}
    return [makers[kind](*values) for kind, *values in plain]


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    if event.startswith(_REFUSED):
        raise PermissionError(f"extraction may not use {event}")


def _size_bytes() -> int:
    """The address space that this process takes; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - once a page
            return int(file.read().split()[0]) * _PAGE_BYTES
    except OSError:
        return 0


def _limit_memory(more_bytes: int) -> None:
    """Let this process take so much more than it takes now."""
    size = _size_bytes()
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    with suppress(OSError, ValueError):  # a system that has no such limit, or a lower one
        if size and (most == resource.RLIM_INFINITY or size + more_bytes < most):
            resource.setrlimit(resource.RLIMIT_AS, (size + more_bytes, most))
