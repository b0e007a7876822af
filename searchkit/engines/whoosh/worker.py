"""A process that builds a segment, started by `feeding` and fed through its standard input.

It is told first where and how to build, then given articles, then the word to finish; it answers with what
the manifest is to say of the segment, or with what went wrong. Its parent closes the input when it has the answer; closed
before, the parent is gone, and the process ends at once, whatever it is doing. The next writer collects what it left.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

from searchkit.engines.whoosh.allocation import keep_freed_memory
from searchkit.engines.whoosh.builder import SegmentBuilder
from searchkit.engines.whoosh.generations import sync_file
from searchkit.processes import end_with_parent
from searchkit.transfer import from_plain, pack, receive

_BUFFER_BYTES = 1 << 18


def main() -> None:
    """Serve one segment."""
    end_with_parent()
    # What it keeps is what it was given: looking for garbage among that time and again would find none.
    gc.disable()
    pipe = open(sys.stdin.fileno(), "rb", _BUFFER_BYTES, closefd=False)  # noqa: SIM115
    os.umask(0o077)
    keep_freed_memory()
    try:
        folder, name, languages, memory_mb = receive(pipe)
        builder = SegmentBuilder(Path(folder), name, languages, memory_mb)
        while (article := receive(pipe)) is not None:
            builder.add(from_plain(article))
        built = builder.finish()
        for file in built.files:
            sync_file(Path(folder) / file)  # here already, beside what others still do, lest the commit wait for it
        answer = built.to_json()
    except EOFError:
        os._exit(1)
    except OSError as exc:
        answer = {"error": exc.strerror or str(exc)}
    sys.stdout.buffer.write(pack(answer))
    sys.stdout.flush()
    os._exit(0)  # all that it holds need not be freed piece by piece while the parent waits for its end
