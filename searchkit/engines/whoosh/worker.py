"""A process that builds a segment, started by `feeding` and fed through its standard input.

It is told first where and how to build, then given batches of articles, then the word to finish; it answers with what
the manifest is to say of the segment. When its input ends early, its parent is gone: it removes nothing and commits
nothing, and the next writer collects what it left.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from searchkit.engines.whoosh.builder import SegmentBuilder
from searchkit.engines.whoosh.transfer import from_plain, pack, receive


def main() -> None:
    """Serve one segment."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end is seen as the end of the input
    pipe = sys.stdin.buffer
    os.umask(0o077)
    try:
        folder, name, languages, memory_mb = receive(pipe)
        builder = SegmentBuilder(Path(folder), name, languages, memory_mb)
        while (batch := receive(pipe)) is not None:
            for values in batch:
                builder.add(from_plain(values))
    except EOFError:
        os._exit(1)
    sys.stdout.buffer.write(pack(builder.finish().to_json()))
