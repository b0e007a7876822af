"""A process that builds a segment, started by `feeding` and fed through its standard input.

It is told first where and how to build, then given batches of articles, then the word to finish; it answers with what
the manifest is to say of the segment, or with what went wrong. Its parent closes the input when it has the answer; closed
before, the parent is gone, and the process ends at once, whatever it is doing. The next writer collects what it left.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from searchkit.engines.whoosh.builder import SegmentBuilder
from searchkit.processes import end_with_parent
from searchkit.transfer import from_plain, pack, receive


def main() -> None:
    """Serve one segment."""
    end_with_parent()
    pipe = sys.stdin.buffer
    os.umask(0o077)
    try:
        folder, name, languages, memory_mb = receive(pipe)
        builder = SegmentBuilder(Path(folder), name, languages, memory_mb)
        while (batch := receive(pipe)) is not None:
            for values in batch:
                builder.add(from_plain(values))
        answer = builder.finish().to_json()
    except EOFError:
        os._exit(1)
    except OSError as exc:
        answer = {"error": exc.strerror or str(exc)}
    sys.stdout.buffer.write(pack(answer))
