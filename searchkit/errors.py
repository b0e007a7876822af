"""Every error that searchkit raises on purpose.

SearchkitError
├── ConfigError              a setting is unknown, ill-typed or unreadable
├── InputError               a path, pattern or stream to index cannot be used at all
├── ExtractionError          no article can be extracted from any page
├── QueryError
│   ├── QuerySyntaxError     the query text is not in the query language; holds the column
│   ├── QueryLimitError      a query asks for more than a limit allows (length, depth, expansions)
│   └── QueryTimeoutError    evaluation passed its deadline
├── ArticleNotFoundError     no article has that id, path or record
├── AmbiguousIdError         several articles do
├── OutputError              a template or an output option cannot be used
└── EngineError
    ├── EngineUnavailableError   unknown engine, missing library, unknown version of it
    ├── IndexNotFoundError       there is no index at that place
    ├── IndexLockedError         another writer holds the index
    ├── IndexDamagedError        what is stored there cannot be read
    └── IndexVersionError        it was written by another version of searchkit

Bad records inside an archive are values (`format.BadRecord`), not exceptions.
"""

from __future__ import annotations

from datetime import datetime


class SearchkitError(Exception):
    """Base of all errors below; its text names the thing, the trouble and the next step."""


class ConfigError(SearchkitError):
    """A setting is unknown, has the wrong type or cannot be read."""


class InputError(SearchkitError):
    """A path, pattern or stream which was to be indexed cannot be used at all."""


class ExtractionError(SearchkitError):
    """Articles cannot be extracted from pages at all, whatever the pages."""


class OutputError(SearchkitError):
    """A template or an output option cannot be used."""


class QueryError(SearchkitError):
    """A query cannot be answered."""


class QuerySyntaxError(QueryError):
    """The query text is not in the query language.

    `column` counts characters from 0 and lies inside `query` (0 for an empty one); `hint` is the next step, may be empty.
    """

    def __init__(self, message: str, query: str, column: int, hint: str = "") -> None:
        self.message = message
        self.query = query
        self.column = max(0, min(column, len(query) - 1))
        self.hint = hint
        super().__init__(f"{message} (column {self.column + 1} of the query)" + (f"; {hint}" if hint else ""))


class QueryLimitError(QueryError):
    """A query asks for more than a limit allows; the text names the limit and how to stay under it."""


class QueryTimeoutError(QueryError):
    """Evaluation of a query passed its deadline."""


class ArticleNotFoundError(SearchkitError):
    """No article has that id, path or record."""


class AmbiguousIdError(SearchkitError):
    """Several articles begin with that id or come from that path; `candidates` holds some of their sources."""

    def __init__(self, message: str, candidates: tuple[str, ...] = ()) -> None:
        self.candidates = candidates
        super().__init__(message)


class EngineError(SearchkitError):
    """An engine cannot do what it was asked for."""


class EngineUnavailableError(EngineError):
    """The engine is unknown, or its library is missing or of an unknown version."""


class IndexNotFoundError(EngineError):
    """There is no index at that place."""


class IndexLockedError(EngineError):
    """Another writer holds the index: `holder` says who (process and host), `since` from when (UTC), where known."""

    def __init__(self, message: str, holder: str | None = None, since: datetime | None = None) -> None:
        self.holder = holder
        self.since = since
        super().__init__(message)


class IndexDamagedError(EngineError):
    """What is stored in the index cannot be read."""


class IndexVersionError(EngineError):
    """The index was written by a version of searchkit which this one cannot read."""
