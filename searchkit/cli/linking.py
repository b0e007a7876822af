"""Hyperlinks from a terminal to the files of articles."""

from __future__ import annotations

import socket
from pathlib import Path

from searchkit.article import Article
from searchkit.output import FileUri, paths


def file_uri_for(root: Path, enabled: bool) -> FileUri:
    """The function that gives an article's file its `file://` address; None for streams and when not enabled."""
    host = socket.gethostname() if enabled else ""

    def file_uri(article: Article) -> str | None:
        if not enabled or article.file == "-":
            return None
        return paths.file_uri(str(root / article.file), host)

    return file_uri
