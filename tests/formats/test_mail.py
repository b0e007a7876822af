"""Mail: headers, parts, mailboxes and where their messages begin, damage."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from email.message import EmailMessage
from typing import ClassVar

import pytest

from searchkit.article import Article
from searchkit.format import BadRecord, Format, Limits, Page, ReadingOptions, Record, Remark, detect
from searchkit.formats import FORMATS
from searchkit.formats.mail import MailFormat
from tests.formats.contract import FormatContract

HEADERS = {
    "From": "Jane Doe <jane@x.org>",
    "Subject": "A bridge",
    "Date": "Fri, 17 Mar 2017 10:00:00 +0200",
    "Message-ID": "<1@x.org>",
}


def mail(body: str = "The text.", **headers: str) -> bytes:
    """A message of plain text; an empty header is left out."""
    stated = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = [f"{name}: {value}" for name, value in stated.items() if value]
    return "\n".join([*lines, "", body, ""]).encode("utf-8", "surrogateescape")


def mailbox(*messages: bytes) -> bytes:
    """A mailbox of these messages."""
    return b"".join(b"From jane@x.org Fri Mar 17 10:00:00 2017\n" + message + b"\n" for message in messages)


def built(text: str | None, html: str | None = None, **attachments: bytes) -> bytes:
    """A message of several parts, as the standard library writes it."""
    message = EmailMessage()
    for name, value in HEADERS.items():
        message[name] = value
    if text is not None:
        message.set_content(text)
    if html is not None:
        if text is None:
            message.set_content(html, subtype="html")
        else:
            message.add_alternative(html, subtype="html")
    for name, content in attachments.items():
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name.replace("_", "."))
    return message.as_bytes()


def read(raw: bytes, source: str = "a.eml", **limits: int) -> list[Record]:
    """All that this mail gives."""
    return list(MailFormat().read(io.BytesIO(raw), source, ReadingOptions(limits=Limits(**limits))))


def read_one(raw: bytes) -> Article:
    """Its one article, which comes without remarks."""
    (article,) = read(raw)
    assert isinstance(article, Article), article
    return article


class TestMailContract(FormatContract):
    """Mailboxes keep what every format promises."""

    format: ClassVar[Format] = MailFormat()
    good: ClassVar[bytes] = mailbox(mail(), mail("Another.", Message_ID="<2@x.org>", Subject="Two"))
    articles_in_good: ClassVar[int] = 2


class TestSingleMailContract(FormatContract):
    """Single messages keep it too."""

    format: ClassVar[Format] = MailFormat()
    good: ClassVar[bytes] = mail()


# --- headers -----------------------------------------------------------------------------------------------------


def test_all_of_a_message() -> None:
    """Subject, sender, date, language and address; a single message is named by its file."""
    article = read_one(mail("One.\r\n\r\n\r\n\r\nTwo.", Content_Language="en-us", Archived_At="<https://x.org/1>"))
    assert (article.title, article.body, article.authors) == ("A bridge", "One.\n\nTwo.", ("Jane Doe",))
    assert (article.published, article.date_source) == (datetime(2017, 3, 17, 8, 0, tzinfo=UTC), "meta")
    assert (article.source, article.record) == ("a.eml", None)
    assert (article.language, article.url, article.publisher) == ("en-US", "https://x.org/1", None)


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("=?utf-8?q?caf=C3=A9_=E2=80=93?= =?utf-8?b?IGJhcg==?=", "café – bar"),
        ("=?iso-8859-1?q?caf=E9?= one", "café one"),
        ("=?gb2312?b?yKE=?=", "取"),
        ("=?nonsense?q?caf=E9?=", "café"),
        ("a\n folded one", "a folded one"),
        ("café", "café"),
        ("caf\udce9", "café"),
        ("=?utf-8?q?a=00b=1b?=", None),
    ],
)
def test_subjects_are_decoded(stated: str, title: str | None) -> None:
    """Encoded words in any charset, folded lines, and bytes that should not be there."""
    found = read_one(mail(Subject=stated)).title
    assert found == title if title else found


@pytest.mark.parametrize(
    ("headers", "authors", "publisher"),
    [
        ({}, ("Jane Doe",), None),
        ({"From": "jane@x.org"}, (), None),
        ({"From": '"jane@x.org" <jane@x.org>'}, (), None),
        ({"From": "=?utf-8?q?J=C3=A4ne?= Doe <j@x.org>, John Roe <r@x.org>"}, ("Jäne Doe", "John Roe"), None),
        ({"From": '"Doe, Jane" <j@x.org>'}, ("Doe, Jane",), None),
        ({"From": "J\udce4ne <j@x.org>"}, ("Jäne",), None),
        ({"From": "The Wire <w@x.org>", "List-Unsubscribe": "<x>"}, (), "The Wire"),
        ({"List-Id": '"The Wire" <wire.x.org>'}, ("Jane Doe",), "The Wire"),
        ({"List-Id": "3f21937f0f636c8cec1db30bfmc list <x>"}, (), "Jane Doe"),
        ({"From": ""}, (), None),
    ],
)
def test_who_sends_to_a_list_publishes(
    headers: dict[str, str], authors: tuple[str, ...], publisher: str | None
) -> None:
    """A sender is the author; of a list the publisher, unless the list has a name of its own."""
    article = read_one(mail(**headers))
    assert (article.authors, article.publisher) == (authors, publisher)


@pytest.mark.parametrize(
    ("stated", "published"),
    [
        ("Fri, 17 Mar 2017 10:00:00 +0000 (Coordinated Universal Time)", datetime(2017, 3, 17, 10, 0, tzinfo=UTC)),
        ("17 Mar 2017", date(2017, 3, 17)),
        ("Fri Mar 17 10:00:00 2017 -0500", datetime(2017, 3, 17, 15, 0, tzinfo=UTC)),
    ],
)
def test_dates(stated: str, published: date) -> None:
    """Forms of dates that mail has."""
    assert read_one(mail(Date=stated)).published == published


def test_a_date_that_cannot_be_read_is_told() -> None:
    """The article stays, undated; a date that is missing is no trouble."""
    remark, article = read(mail(Date="soon"))
    assert isinstance(remark, Remark) and "'soon'" in remark.text
    assert isinstance(article, Article) and article.published is None
    assert read_one(mail(Date="")).published is None


# --- parts -------------------------------------------------------------------------------------------------------


def test_html_alone_is_a_page() -> None:
    """With what its headers say known already."""
    (page,) = read(built(None, "<p>é</p>"))
    assert isinstance(page, Page) and "é" in page.html.decode(page.charset or "")
    assert (page.known.title, page.known.authors) == ("A bridge", ("Jane Doe",))


def test_of_text_and_html_the_text_is_read_unless_it_is_a_stub() -> None:
    """A stub that says where to read the message is less than its HTML."""
    assert read_one(built("The bridge was opened again on Friday. " * 20, "<p>x</p>")).body.startswith("The bridge")
    assert read_one(built("The bridge is open.", "<p>The bridge is open.</p>")).body == "The bridge is open."
    (page,) = read(built("Read this in your browser.", f"<p>{'The bridge was opened again. ' * 20}</p>"))
    assert isinstance(page, Page)


def test_attachments_are_left_out_with_a_remark() -> None:
    """Their names are told; text among them is none of the message's."""
    remark, article = read(built("Text.", report_pdf=b"%PDF", x_txt=b"no"))
    assert remark == Remark("a.eml", "attachments are not read: report.pdf, x.txt")
    assert isinstance(article, Article) and article.body == "Text."


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        ({"Content-Type": "text/plain; charset=koi8-r", "Content-Transfer-Encoding": "base64"}, "8NLJ18XU", "Привет"),
        ({"Content-Transfer-Encoding": "quoted-printable"}, "caf=C3=A9 =\nbar", "café bar"),
        ({"Content-Type": "text/plain; charset=nonsense"}, "café", "café"),
        ({"Content-Type": "text/plain; charset=utf-8"}, "caf\udce9", "café"),
        ({"Content-Type": "text/plain; format=flowed"}, "One \ntwo.\n\n> q \n> r", "One two.\n\n> q \n> r"),
    ],
)
def test_contents_are_decoded(headers: dict[str, str], body: str, text: str) -> None:
    """Transfer encodings, charsets, wrong ones, flowing lines."""
    assert read_one(mail(body, **headers)).body == text


# --- mailboxes ---------------------------------------------------------------------------------------------------


def test_messages_of_a_mailbox_are_named_by_their_id() -> None:
    """Without one by their number; the same message twice counts once, another one of its id is bad."""
    raw = mailbox(mail(), mail(Message_ID="", Subject="Two"), mail(), mail(Subject="Three"))
    first, second, same, bad = read(raw, "a.mbox")
    assert [first.known.source if isinstance(first, Page) else first.source, second.source] == [
        "a.mbox#1@x.org", "a.mbox#2",
    ]  # type: ignore[union-attr]  # fmt: skip
    assert same == Remark("a.mbox#3", "the same as message 1; counted once")
    assert bad == BadRecord("a.mbox#4", "message 4: its Message-ID 1@x.org repeats message 1")


def test_where_messages_begin() -> None:
    """Behind a blank line, and with a time and year; quoted lines lose one mark."""
    body = "x\nFrom jane Fri Mar 17 10:00:00 2017\ny\n\nFrom here on.\n>From a\n>>From b"
    raw = mailbox(mail(body), mail(Message_ID="<2@x.org>"))
    first, second = read(raw, "a.mbox")
    assert isinstance(first, Article) and isinstance(second, Article)
    assert first.body == "x\nFrom jane Fri Mar 17 10:00:00 2017\ny\n\nFrom here on.\nFrom a\n>From b"


def test_a_message_over_the_limit_costs_itself_only() -> None:
    """It is passed over and named."""
    long = mail("x" * 2**20, Message_ID="<2@x.org>")
    first, bad, last = read(mailbox(mail(), long, mail(Message_ID="<3@x.org>")), "a.mbox", record_mb=1)
    assert isinstance(first, Article) and isinstance(last, Article)
    assert bad == BadRecord(
        "a.mbox#2", "message 2: longer than a record may be; the limit is 1 MB (setting reading.record_mb)"
    )
    (bad,) = read(long, file_mb=1)
    assert isinstance(bad, BadRecord) and "file_mb" in bad.reason


def test_messages_are_read_one_by_one() -> None:
    """The first article is there long before the stream is read to its end."""
    stream = io.BytesIO(mailbox(mail()) * 20_000)
    next(MailFormat().read(stream, "-"))
    assert stream.tell() < 300_000


# --- damage and kinds --------------------------------------------------------------------------------------------


def test_parts_too_deep_in_one_another() -> None:
    """A message of some thousand parts in one another is refused, not a crash."""
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3000))
    (bad,) = read(b"Subject: x\n" + nested + b"\ntext\n")
    assert bad == BadRecord("a.eml", "its parts lie too deep in one another")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"no headers here\n", "does not begin with headers"),
        (b"X-A: b\n\n \n", "has no subject and no text"),
        (b"%PDF-1.7", "begins like a PDF"),
    ],
)
def test_what_is_no_message_says_so(raw: bytes, reason: str) -> None:
    """One bad record for the file."""
    (bad,) = read(raw)
    assert isinstance(bad, BadRecord) and bad.source == "a.eml" and reason in bad.reason


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (mail(), "mail"),
        (mailbox(mail()), "mail"),
        (b"Received: x\nMessage-ID: y\nSubject: z\n", "mail"),
        (b"Subject: a title\n\nFrom: nobody\nDate: none\n", "text"),
        (b"From Mosul, March 17, 2017, at 10:00\n\nText.", "text"),
    ],
)
def test_mail_is_told_by_its_beginning(head: bytes, name: str) -> None:
    """Three headers of mail, or the line of a mailbox with a header behind it; other text is text."""
    found = detect("", head, FORMATS)
    assert found is not None and found.name == name
