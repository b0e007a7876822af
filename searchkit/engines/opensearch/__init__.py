"""The engine for many machines: an index in an OpenSearch cluster, analysed and committed by searchkit itself.

The cluster      connection (requests, retries, errors), layout (indices, their settings and mappings)
Articles in      documents (article <-> document), senttext (text -> words as sent), bulk (parallel sending), writer,
                 remembering (files), sweeping (what nobody reads any more)
One index        state (commits, writers, what a reader sees), statestore (that one document, in the cluster)
Queries          asking (within a deadline), wordlists and dictionary (which words there are), compiling (the tree as
                 query DSL), reading (search and streams), engine

Every version of an article is a document that says by which writer it was born and, once replaced or deleted, by which it
died. One document of state tells which writers have committed: a commit is one write of it, and a reader sees what the
state that it read says, however many documents are added meanwhile.
"""

from __future__ import annotations

from searchkit.engines.opensearch.engine import OpenSearchEngine

__all__ = ["OpenSearchEngine"]
