"""SEAM 2: a format turns the bytes of one file or stream into articles; `detect` chooses the format of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import BinaryIO, Protocol

from searchkit.article import Article
from searchkit.limits import Limits as Limits
from searchkit.value import Value

FIELDS = (
    "id", "title", "body", "html", "dek", "date", "authors", "publisher", "url", "language", "links", "note",
)  # fmt: skip
"""What the keys of a record can give: the fields of an article, its own id, and a whole HTML page."""

HEAD_BYTES = 4096
"""How much of a file's beginning `Format.accepts` is shown."""


class BadRecord(Value):
    """A file or record that cannot be indexed: `source` names it (`path`, or `path#record`), `reason` says why."""

    source: str
    reason: str


class Foreign(BadRecord):
    """A file that plainly holds something else than articles, though in a form in which these come: a `package.json`.

    Bad where somebody named the file; one that was found in a folder is passed over with a remark.
    """


class Remark(Value):
    """Something worth knowing about a record that is indexed all the same, such as a guessed encoding."""

    source: str
    text: str


class Page(Value):
    """An HTML page whose article is still to be extracted, which is costly and so left to worker processes.

    `known` holds what is known from elsewhere: always id, source and sha256, perhaps the address (`url`), a title, a
    date. What it leaves empty is filled from the page. `charset` is the encoding that the transport stated.
    """

    html: bytes
    known: Article
    charset: str | None = None


Record = Article | BadRecord | Remark | Page


class ReadingOptions(Value):
    """How files are to be read. `fields` maps names of `FIELDS` to the keys of records that hold them, tried before the
    usual ones; a dotted key (`meta.headline`) leads into an object."""

    fields: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    limits: Limits = Limits()


class Format(Protocol):
    """One form in which articles come. Implementations live in `formats/`, one file each, and keep no state."""

    name: str
    """What users type: `text`, `jsonl`."""

    suffixes: tuple[str, ...]
    """File name endings in lower case with the dot, compared without regard to case: `(".txt",)`."""

    about: str
    """What it is, in one line for the list of formats."""

    def accepts(self, head: bytes) -> bool:
        """Whether a file without a known ending, beginning with these (at most `HEAD_BYTES`) bytes, is of this format."""

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ...) -> Iterator[Record]:
        """Yield what `stream` holds, in order, without holding it in memory at once where the format allows.

        `source` names the file relative to the archive (`-` for standard input); each article's source is `source`
        itself or `record_source(source, ...)`, its id `article_id(...)` of that. A record that cannot be used is
        yielded as `BadRecord` and reading goes on; OSError from the stream passes through. The stream is not closed.
        """


def detect(name: str, head: bytes, formats: Iterable[Format]) -> Format | None:
    """The format of a file: by the longest matching ending of its name, else the first which accepts its beginning."""
    lower = name.lower()
    known = list(formats)
    endings = [(suffix, format) for format in known for suffix in format.suffixes if lower.endswith(suffix)]
    if endings:
        return max(endings, key=lambda pair: len(pair[0]))[1]
    return next((format for format in known if format.accepts(head)), None)
