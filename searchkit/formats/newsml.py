"""NewsML-G2 of the IPTC, its older NewsML 1, and the XML of Reuters Corpus Volume 1: one article for each item of news."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from searchkit.format import ReadingOptions, Record
from searchkit.formats._entries import Entry, read_document
from searchkit.formats._nitf import nitf_entry, nitf_text
from searchkit.formats._people import split_names
from searchkit.formats._xml import read_prolog
from searchkit.formats._xmltree import XML_LANG, first, line_of, paragraphs_of, parse_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ROOTS = ("newsItem", "newsMessage", "packageItem", "NewsML", "newsitem")
_INLINE = frozenset([
    "a", "abbr", "b", "bdi", "big", "cite", "code", "em", "font", "i", "ins", "mark", "q", "s", "small", "span", "strike",
    "strong", "sub", "sup", "time", "u",
])  # fmt: skip
_SKIPPED = frozenset(["head", "script", "style", "figure", "img", "svg", "template"])
_SUMMARIES = ("summary", "abstract", "lead", "intro")


_MARKUP = re.compile(r"\s*<(?:p|div|html|body|h[1-6]|article|section)\b[^<>]*>", re.IGNORECASE)
"""How text begins that is stated to be plain and is not."""


class NewsmlFormat:
    """NewsML-G2 (also NewsML 1 and Reuters RCV1): one article for each item of news."""

    name = "newsml"
    about = "NewsML-G2, news items and packages"
    suffixes: tuple[str, ...] = (".newsml", ".g2")

    def accepts(self, head: bytes) -> bool:
        """Whether the root is one of NewsML, or an item of news of RCV1."""
        return read_prolog(head).root in _ROOTS

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        """Yield the article of each item; what is in a message is named by the item's guid.

        Of the dates the first creation is taken, else that of this version (`updated`). An item that holds references
        only (a package) is a bad record.
        """

        def entries(raw: bytes) -> Iterator[Entry | str]:
            root = parse_xml(raw)
            if root.tag not in _ROOTS:
                yield f"no NewsML: its root is {root.tag[:60]}"
                return
            if root.tag == "newsitem":
                yield _rcv1(root)
                return
            items = [item for item in root.iter() if item.tag in ("newsItem", "NewsItem")]
            for item in items:
                yield _g2(item) if item.tag == "newsItem" else _newsml1(item)
            if not items:
                yield "holds no item of news, only references to such"

        yield from read_document(stream, source, options, entries)


def _g2(item: Element) -> Entry:
    provider = item.find("itemMeta/provider")
    created = line_of(first(item, "itemMeta/firstCreated", "contentMeta/contentCreated"))
    names = item.findall("contentMeta/creator/name") or item.findall("contentMeta/by")
    described = item.findall("contentMeta/description")
    summary = next((one for one in described if _role(one) in _SUMMARIES), None)
    headlines = [one for one in item.iterfind("contentMeta/headline") if line_of(one)]
    below = next((one for one in headlines if _role(one).startswith("sub")), None)
    main = next((one for one in headlines if one is not below), None)
    body = "\n\n".join(filter(None, (_content(part) for part in item.iterfind("contentSet/*"))))
    if not body and described:
        body = "\n\n".join(line_of(one) for one in described)
    language = item.find("contentMeta/language")
    return Entry(
        id=item.get("guid", ""),
        title=line_of(main) or line_of(first(item, "itemMeta/title")),
        body=body,
        dek=line_of(summary) or line_of(below),
        authors=tuple(name for one in names for name in split_names(line_of(one))),
        publisher=line_of(first(item, "itemMeta/provider/name"))
        or (provider.get("literal", "") if provider is not None else ""),
        published=created or line_of(item.find("itemMeta/versionCreated")),
        date_source="meta" if created else "updated",
        language=(language.get("tag", "") if language is not None else "") or item.get(XML_LANG, ""),
    )


def _role(element: Element) -> str:
    """The role of an element in lower case, without the scheme: `hld:subHeadline` -> `subheadline`."""
    return element.get("role", "").rpartition(":")[2].lower()


def _newsml1(item: Element) -> Entry:
    def line(name: str) -> str:
        return line_of(first(item, f".//NewsLines/{name}"))

    contents = (_content(part) for part in item.iterfind(".//ContentItem/DataContent"))
    identifier = item.find("Identification/NewsIdentifier")
    created = line_of(first(item, "NewsManagement/FirstCreated"))
    language = item.find(".//DescriptiveMetadata/Language")
    return Entry(
        id=line_of(first(item, "Identification/NewsIdentifier/PublicIdentifier")) or line_of(identifier),
        title=line("HeadLine"),
        body="\n\n".join(filter(None, contents)),
        dek=line("SubHeadLine"),
        authors=split_names(line("ByLine")),
        publisher=line_of(first(item, ".//AdministrativeMetadata/Provider//FormalName"))
        or next((party.get("FormalName", "") for party in item.iterfind(".//Provider/Party")), ""),
        published=_with_marks(created or line_of(first(item, "NewsManagement/ThisRevisionCreated"))),
        date_source="meta" if created else "updated",
        language=(language.get("FormalName", "") if language is not None else "") or item.get(XML_LANG, ""),
    )


def _with_marks(stamp: str) -> str:
    """A stamp of time (`20170317T100000+0200`) with a mark in its zone."""
    return f"{stamp[:-2]}:{stamp[-2:]}" if len(stamp) == 20 and stamp[15] in "+-" else stamp


def _content(part: Element) -> str:
    """The text of what an item carries: NITF, XHTML, or text."""
    nitf = next(part.iter("body.content"), None)
    if nitf is not None:
        return nitf_text(nitf)
    entry = next(part.iter("nitf"), None)
    if entry is not None:
        return nitf_entry(entry).body
    if part.tag == "inlineData" or not len(part):
        from searchkit.formats._page.fragments import fragment_text, paragraphs

        text = part.text or ""
        is_markup = "html" in part.get("contenttype", "") or _MARKUP.match(text)
        return fragment_text(text) if is_markup else paragraphs(text)
    return paragraphs_of(part, _INLINE, _SKIPPED)


def _rcv1(root: Element) -> Entry:
    text = root.find("text")
    labels = {one.get("element"): one.get("value", "") for one in root.iterfind("metadata/dc")}
    return Entry(
        id=root.get("itemid", ""),
        title=line_of(first(root, "headline", "title")),
        body=paragraphs_of(text, _INLINE) if text is not None else "",
        authors=split_names(line_of(root.find("byline"))),
        publisher=labels.get("dc.publisher", ""),
        published=root.get("date", ""),
        language=root.get(XML_LANG, ""),
    )
