"""How the path of an article is shown, listed and linked."""

from __future__ import annotations

import re

from searchkit.article import Article
from searchkit.output import DisplayPath, visible

# What a NUL-ended list of file names cannot carry: the NUL itself, and surrogates that stand for no byte.
_NOT_IN_A_FILE_NAME = "[\x00\ud800-\udc7f\udd00-\udfff]"


def own_path(article: Article) -> str:
    """The default of `display_path`: the file as the archive names it."""
    return article.file


def shown_path(article: Article, display_path: DisplayPath) -> str:
    """The file and, behind `#`, the record; visible."""
    record = "" if article.record is None else f"#{article.record}"
    return visible.visible_path(display_path(article) + record)


def raw_path(path: str) -> str:
    """The file name as the system knows it, for `xargs -0`: to be written with the error handler "surrogateescape"."""
    return re.sub(_NOT_IN_A_FILE_NAME, lambda match: visible.visible_path(match[0]), path)


def file_uri(path: str, host: str = "") -> str:
    """The `file://host/path` address of an absolute path, percent-encoded byte by byte."""
    from urllib.parse import quote

    return f"file://{quote(host)}{quote(raw_path(path), errors='surrogateescape')}"
