"""Which unwanted snippets of a page are headlines of related links: the text of a link to another page says them."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import html

from tests.bench.extraction.figures import flat

_LEAST_WORDS = 4
"""Words of a link that is a headline; shorter ones are menus, tags, names of authors."""
_LEAST_SAID = 3
"""Words that a snippet must say of it."""
_LEAST_CHARS = 20
"""What is as long without spaces, in characters."""


def related(raw: bytes, snippets: Sequence[str]) -> list[str]:
    """Those of `snippets` that stand in a link which is long enough for a headline and leads elsewhere."""
    if not snippets:
        return []
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("windows-1252", "replace")
    tree = html.document_fromstring(text.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8"))
    links = [flat(link.text_content()) for link in tree.iter("a") if _leads_elsewhere(link.get("href") or "")]
    headlines = [link for link in links if len(link.split()) >= _LEAST_WORDS or len(link) >= _LEAST_CHARS]
    long = [snippet for snippet in snippets if len(snippet.split()) >= _LEAST_SAID or len(snippet) >= _LEAST_CHARS]
    return [snippet for snippet in long if any(flat(snippet) in headline for headline in headlines)]


def _leads_elsewhere(address: str) -> bool:
    return bool(address) and not address.startswith(("#", "mailto:", "javascript:", "tel:"))
