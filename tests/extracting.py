"""A function for the processes of extraction to call, in place of the real one: what a page begins with is what it does."""

from __future__ import annotations

import os
import time
import urllib.request
from dataclasses import replace

from searchkit.article import Article, article_id
from searchkit.format import BadRecord, Page, ReadingOptions, Record, Remark

KEPT: list[bytes] = []


def extract(page: Page, options: ReadingOptions) -> list[Record]:
    """An article whose title is the page, unless that begins with a word that speaks for itself."""
    text = page.html.decode()
    word = text.partition(" ")[0]
    source = page.known.source
    if word == "hang":
        while True:
            pass
    elif word == "idle":
        time.sleep(600)
    elif word == "swallow":
        bytearray(4 << 30)
    elif word == "die":
        os._exit(7)
    elif word == "fail":
        raise ValueError("no such thing")
    elif word == "fetch":
        urllib.request.urlopen("http://127.0.0.1:9/")
    elif word == "start":
        os.system("true")  # what it returns does not matter: it must not come so far
    elif word == "print":
        os.write(1, b"x" * 100_000)
    elif word == "keep":
        KEPT.append(bytes(400 << 20))
    elif word == "bad":
        return [BadRecord(source, text)]
    elif word == "busy":
        while time.process_time() < 1:
            pass
    elif word == "slow":
        time.sleep(0.3)
    article = replace(page.known, title=text[:100], body=f"{os.getpid()} {len(text)} {options.limits.html_depth}")
    return [Remark(source, "remarked"), article] if word == "remark" else [article]


def page(name: str, text: str) -> Page:
    """A page of that source."""
    return Page(text.encode(), Article(article_id(name), name, "", "", sha256="0" * 64))
