"""The embedded default: a Whoosh index in a directory, with an evaluation and a commit of our own.

schema.py      fields of the index, and an article as their values
manifest.py    what a commit says of itself, in JSON beside Whoosh's files
lock.py        one writer at a time, by name
stems.py       which indexed words share a stem
commit.py      one commit opened for reading: postings, columns, articles
evaluate.py    a query over one commit
writer.py      changes, committed together
damage.py      Whoosh's exceptions as ours
engine.py      WhooshEngine, which joins them

Whoosh is imported here and nowhere else, and only in release 2.7.4: its forks share the import name.
"""

from searchkit.engines.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]
