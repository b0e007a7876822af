"""The embedded default: a Whoosh index in a directory, whose physical layer and evaluation are our own.

One segment      container (the frame of a file), varints, segment (FORMAT and reading), wordswriter, articleswriter
Articles in      chunks (bulk analysis), inversion (a batch -> a run), runs (and their merge), builder (articles ->
                 segment), feeding and worker (builders in processes), shares and joining (the one segment of these),
                 transfer (articles between them), merging (segments -> one)
One index        generations (manifests, commit, collection), snapshot (what a reader sees), writer, lock, recovery
                 (verify, rollback), damage (errors at the edge), statistics
Queries          expansion (leaf -> words), evaluation (the tree), kernels: arrays (numpy) or lists (plain), words
For Whoosh       codec (schema, table of contents, readers): the one module that imports whoosh; stock (the way there)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from searchkit.engines.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]


def __getattr__(name: str) -> object:
    # A process that builds segments imports this package but not the engine.
    if name == "WhooshEngine":
        from searchkit.engines.whoosh.engine import WhooshEngine

        return WhooshEngine
    raise AttributeError(name)
