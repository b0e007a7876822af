"""The table of formats. A new one is a file beside this one and a line in `FORMATS`."""

from __future__ import annotations

from searchkit.errors import InputError
from searchkit.format import Format
from searchkit.formats.csv import CsvFormat
from searchkit.formats.feed import FeedFormat
from searchkit.formats.html import HtmlFormat
from searchkit.formats.json import JsonFormat
from searchkit.formats.jsonl import JsonLinesFormat
from searchkit.formats.mail import MailFormat
from searchkit.formats.markdown import MarkdownFormat
from searchkit.formats.mhtml import MhtmlFormat
from searchkit.formats.newsml import NewsmlFormat
from searchkit.formats.ninjs import NinjsFormat
from searchkit.formats.nitf import NitfFormat
from searchkit.formats.reuters import ReutersFormat
from searchkit.formats.text import TextFormat
from searchkit.formats.wacz import WaczFormat
from searchkit.formats.warc import WarcFormat

FORMATS: tuple[Format, ...] = (
    WarcFormat(),
    WaczFormat(),
    FeedFormat(),
    NitfFormat(),
    NewsmlFormat(),
    ReutersFormat(),
    NinjsFormat(),
    JsonFormat(),
    JsonLinesFormat(),
    HtmlFormat(),
    MhtmlFormat(),
    MailFormat(),
    MarkdownFormat(),
    CsvFormat(),
    TextFormat(),
)
"""All formats, in the order in which `format.detect` asks them; plain text is last, as it accepts most."""

PAGE_EXTRACTOR = "searchkit.formats._page:extract"
"""The function that makes records of a `Page`, by name: the processes that call it import it, and nobody else."""


def format_named(name: str) -> Format:
    """The format that users call `name`. Raises InputError, which names the known ones, for any other name."""
    for format in FORMATS:
        if format.name == name:
            return format
    raise InputError(f"unknown format {name!r}; there are {', '.join(format.name for format in FORMATS)}")
