"""Hand-made scrapes of many shapes, and what reading them must give; run by `test_text.py`.

Only what is stated is checked exactly: a field that is not named must be empty (None or ()), `body` gives the
paragraphs.
"""

# ruff: noqa: E501 (one scrape a line, so that the table can be read down)

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from searchkit.article import Link


@dataclass(frozen=True)
class Scrape:
    """One file and the article it is."""

    name: str
    text: str
    title: str = "Strike Kills Twelve in Western Mosul"
    body: tuple[str, ...] = ("The first sentence of it.", "The second one.")
    dek: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    published: date | datetime | None = None
    date_source: str | None = None
    links: tuple[Link, ...] = ()
    note: str | None = None


TITLE = "Strike Kills Twelve in Western Mosul"
BODY = "The first sentence of it.\n\nThe second one."
MARCH_17 = date(2017, 3, 17)
JULY_8 = date(2025, 7, 8)

TITLES = (
    Scrape("plain", f"{TITLE}\n\n{BODY}"),
    Scrape("no blank lines", f"{TITLE}\nThe first sentence of it.\nThe second one."),
    Scrape("one line", TITLE, body=()),
    Scrape("one line with publisher", f"{TITLE} | Reuters\n", publisher="Reuters", body=()),
    Scrape("blank lines first", f"\n \n\t\n{TITLE}\n\n{BODY}\n\n\n"),
    Scrape("no title: first line too long", "word " * 80 + "end.\n\nMore.", title="", body=("word " * 80 + "end.", "More.")),
    Scrape("domain behind a dash", f"{TITLE} - rudaw.net\n{BODY}", publisher="rudaw.net"),
    Scrape("outlet of several words", f"{TITLE} — The Jerusalem Post\n{BODY}", publisher="The Jerusalem Post"),
    Scrape("name behind a bar", f"{TITLE} | Human Rights Watch\n{BODY}", publisher="Human Rights Watch"),
    Scrape("section stays", f"{TITLE} | World news | The Guardian\n{BODY}", title=f"{TITLE} | World news", publisher="The Guardian"),
    Scrape("one unknown word behind a bar stays", f"{TITLE} | Iraq\n{BODY}", title=f"{TITLE} | Iraq"),
    Scrape("short label in front of a bar", f"Exclusive interview | Joe Biden\n{BODY}", title="Exclusive interview | Joe Biden"),
    Scrape("label in front of a bar", f"Opinion | Time to Leave Iraq\n{BODY}", title="Opinion | Time to Leave Iraq"),
    Scrape("unknown name stays", f"{TITLE} – White House\n{BODY}", title=f"{TITLE} – White House"),
    Scrape("attribution stays", f"{TITLE} - UN\n{BODY}", title=f"{TITLE} - UN"),
    Scrape("clause behind a dash stays", f"{TITLE} – and nobody says why\n{BODY}", title=f"{TITLE} – and nobody says why"),
    Scrape("two dashes", f"Mosul – a city in ruins – BBC News\n{BODY}", title="Mosul – a city in ruins", publisher="BBC News"),
    Scrape("clause in capitals stays", f"{TITLE} — And Why\n{TITLE}\n{BODY}", title=f"{TITLE} — And Why", body=(TITLE, *BODY.split("\n\n"))),
    Scrape("the same line twice proves nothing", f"{TITLE} – White House\n{TITLE} – White House\n{BODY}", title=f"{TITLE} – White House"),
    Scrape("unknown name, title again without it", f"{TITLE} – Niqash\n{TITLE}\n{BODY}", publisher="Niqash"),
    Scrape("unknown name, title again with it", f"{TITLE} – Niqash\n{BODY}\nView post:\n{TITLE} - Niqash", publisher="Niqash"),
    Scrape("title again in other quotes", f"The ‘Smart’ Bomb\n{BODY}\nThe 'Smart' Bomb", title="The ‘Smart’ Bomb"),
    Scrape("title again with a publisher", f"{TITLE}\n{TITLE} - CNN\n{BODY}"),
    Scrape("crumbs", f"Skip to main content\n{TITLE}\nShare this article\n{BODY}\nAdvertisement\nRead more…\nView post:\n"),
    Scrape("crumb that says more stays", f"{TITLE}\n{BODY}\nView post: https://x.org/1", body=(*BODY.split("\n\n"), "View post: https://x.org/1")),
)  # fmt: skip

HEADS = (
    Scrape("a German byline", f"{TITLE}\nVon Anna Muster und Karl Beispiel\n{BODY}", authors=("Anna Muster", "Karl Beispiel")),
    Scrape("a German byline with a date", f"{TITLE}\nVON ANNA MUSTER am 17. März 2017\n{BODY}", authors=("ANNA MUSTER",), published=MARCH_17, date_source="byline"),
    Scrape("a French byline", f"{TITLE}\nPar Jeanne Exemple\n{BODY}", authors=("Jeanne Exemple",)),
    Scrape("a label in German", f"{TITLE}\nInterview: Anna Muster\n{BODY}", authors=("Anna Muster",)),
    Scrape("no given name, no byline", f"{TITLE}\nVon Tür zu Tür\n\n{BODY}", body=("Von Tür zu Tür", *BODY.split("\n\n"))),
    Scrape("a byline under a caption", f"{TITLE}\n(Photo: River Post)\nBy Jane Doe\n" + "It was early.\n" * 9, authors=("Jane Doe",), body=("(Photo: River Post)", *["It was early."] * 9)),
    Scrape("one word under a caption", f"{TITLE}\n(Photo: River Post)\nBy Jane\n" + "It was early.\n" * 9, body=("(Photo: River Post)", "By Jane", *["It was early."] * 9)),
    Scrape("dek", f"{TITLE}\n\nPentagon opens a formal inquiry\n\n{BODY}", dek="Pentagon opens a formal inquiry"),
    Scrape("dek over a byline", f"{TITLE}\nPentagon opens a formal inquiry\nBy Jane Doe\n{BODY}", dek="Pentagon opens a formal inquiry", authors=("Jane Doe",)),
    Scrape("a credit is no dek", f"{TITLE}\n\n(Reuters photo: Jane Doe)\n\n{BODY}", body=("(Reuters photo: Jane Doe)", *BODY.split("\n\n"))),
    Scrape("two sentences are no dek", f"{TITLE}\n\nIt was early. Twelve were asleep\n\n{BODY}", body=("It was early. Twelve were asleep", *BODY.split("\n\n"))),
    Scrape("a sentence is no dek", f"{TITLE}\n\nIt was early.\n\n{BODY}", body=("It was early.", *BODY.split("\n\n"))),
    Scrape("a line of the body is no dek", f"{TITLE}\nWhat the witnesses told us\nThe second one.", body=("What the witnesses told us", "The second one.")),
    Scrape("a lone second line is no dek", f"{TITLE}\n\nPentagon opens a formal inquiry", body=("Pentagon opens a formal inquiry",)),
    Scrape("names are no dek", f"{TITLE}\n\nJane van Doe, CNN\n\n{BODY}", body=("Jane van Doe, CNN", *BODY.split("\n\n"))),
    Scrape("byline of two", f"{TITLE}\nBy Jane Doe and John Roe\n{BODY}", authors=("Jane Doe", "John Roe")),
    Scrape("byline in capitals", f"{TITLE}\nBY JANE DOE, JOHN ROE JR. & ANN LEE\n{BODY}", authors=("JANE DOE", "JOHN ROE JR.", "ANN LEE")),
    Scrape("byline with outlet", f"{TITLE}\nBy Jane Doe, CNN\n{BODY}", authors=("Jane Doe",), note="By Jane Doe, CNN"),
    Scrape("byline with role and place", f"{TITLE}\nBy Jane Doe in Mosul and John Roe, Senior Editor\n{BODY}", authors=("Jane Doe", "John Roe"), note="By Jane Doe in Mosul and John Roe, Senior Editor"),
    Scrape("byline with place", f"{TITLE}\nBy Jane Doe, Mosul\n{BODY}", authors=("Jane Doe",), note="By Jane Doe, Mosul"),
    Scrape("byline of an agency", f"{TITLE}\nBy Associated Press\n{BODY}", authors=("Associated Press",)),
    Scrape("byline on two lines", f"{TITLE}\nBy\nJane Doe\n{BODY}", authors=("Jane Doe",)),
    Scrape("byline with date", f"{TITLE}\nBy Jane Doe, March 17, 2017\n{BODY}", authors=("Jane Doe",), published=MARCH_17, date_source="byline"),
    Scrape("byline and date with a bar", f"{TITLE}\nBy Jane Doe | 17 Mar. 2017\n{BODY}", authors=("Jane Doe",), published=MARCH_17, date_source="byline"),
    Scrape("date before the name", f"{TITLE}\nPosted on March 17, 2017 by Jane Doe\n{BODY}", authors=("Jane Doe",), published=MARCH_17, date_source="byline"),
    Scrape("date of an update", f"{TITLE}\nBy Jane Doe, updated March 17, 2017\n{BODY}", authors=("Jane Doe",), note="By Jane Doe, updated March 17, 2017"),
    Scrape("update line", f"{TITLE}\nUpdated March 18, 2017\nBy Jane Doe\n{BODY}", authors=("Jane Doe",), body=("Updated March 18, 2017", *BODY.split("\n\n"))),
    Scrape("date line", f"{TITLE}\nMarch 17, 2017\n{BODY}", published=MARCH_17, date_source="dateline"),
    Scrape("date line above the title", f"March 17, 2017\n{TITLE}\n{BODY}", published=MARCH_17, date_source="dateline"),
    Scrape("date as the title", "March 17, 2017\nThe first sentence of it.\nThe second one.", title="March 17, 2017", published=MARCH_17, date_source="dateline"),
    Scrape("published line", f"{TITLE}\nPublished: 2017-03-17 10:00\n{BODY}", published=datetime(2017, 3, 17, 10), date_source="dateline"),
    Scrape("published and updated", f"{TITLE}\nPublished 17 March 2017, updated 19 March 2017\n{BODY}", published=MARCH_17, date_source="dateline", note="Published 17 March 2017, updated 19 March 2017"),
    Scrape("dateline", f"{TITLE}\nMOSUL, Iraq, March 17, 2017 (Reuters) - Twelve died.", published=MARCH_17, date_source="dateline", body=("MOSUL, Iraq, March 17, 2017 (Reuters) - Twelve died.",)),
    Scrape("dateline without year", f"{TITLE}\nMOSUL, March 17 (Reuters) - Twelve died.", body=("MOSUL, March 17 (Reuters) - Twelve died.",)),
    Scrape("date in the text", f"{TITLE}\nA strike on March 17, 2017 - the worst - hit it.", body=("A strike on March 17, 2017 - the worst - hit it.",)),
    Scrape("ambiguous date line", f"{TITLE}\n03/04/2017\n{BODY}", body=("03/04/2017", *BODY.split("\n\n"))),
    Scrape("'By' of a heading", f"{TITLE}\nBy Friday\n{BODY}", body=("By Friday", *BODY.split("\n\n"))),
    Scrape("'By' of a sentence", f"{TITLE}\nBy Friday they had gone\nThe second one.", body=("By Friday they had gone", "The second one.")),
    Scrape("Arabic", "مقتل اثني عشر مدنيا في غارة على الموصل\n\nبقلم: محمد علي\n\nقتل اثنا عشر مدنيا. وقال الجيش إنه يحقق.\n", title="مقتل اثني عشر مدنيا في غارة على الموصل", authors=("محمد علي",), body=("قتل اثنا عشر مدنيا. وقال الجيش إنه يحقق.",)),
    Scrape("Chinese", "摩苏尔空袭造成十二人死亡 - 新华网\n作者：王小明、李雷\n联合国表示关切。\n调查正在进行。", title="摩苏尔空袭造成十二人死亡", publisher="新华网", authors=("王小明", "李雷"), body=("联合国表示关切。", "调查正在进行。")),
)  # fmt: skip

FEET = (
    Scrape("author and biography", f"{TITLE}\n\n{BODY}\n\nAuthor: Jane Doe\n\nJane Doe is an editor. She lives in Rome.", authors=("Jane Doe",), note="Jane Doe is an editor. She lives in Rome."),
    Scrape("byline above, biography below", f"{TITLE}\nBy Jane Doe\n{BODY}\nJane Doe covers the Middle East.", authors=("Jane Doe",), note="Jane Doe covers the Middle East."),
    Scrape("biography behind a dash", f"{TITLE}\nBy Jane Doe\n{BODY}\n— Jane Doe is an editor.", authors=("Jane Doe",), note="— Jane Doe is an editor."),
    Scrape("someone else's sentence stays", f"{TITLE}\nBy Jane Doe\n{BODY}\nJohn Roe is a witness.", authors=("Jane Doe",), body=(*BODY.split("\n\n"), "John Roe is a witness.")),
    Scrape("contributors", f"{TITLE}\nBy Ann Lee\n{BODY}\nCNN’s Jane Doe and John Roe contributed to this report.", authors=("Ann Lee", "Jane Doe", "John Roe"), note="CNN’s Jane Doe and John Roe contributed to this report."),
    Scrape("contributors with places", f"{TITLE}\n{BODY}\nAssociated Press writers Jane Doe in Beirut and John Roe in Cairo contributed to this report.", authors=("Jane Doe", "John Roe"), note="Associated Press writers Jane Doe in Beirut and John Roe in Cairo contributed to this report."),
    Scrape("an agency contributed", f"{TITLE}\n{BODY}\nThe Associated Press contributed to this report.", note="The Associated Press contributed to this report."),
    Scrape("reporting by", f"{TITLE}\n{BODY}\n(Reporting by Jane Doe in Baghdad; editing by John Roe)", authors=("Jane Doe",), note="(Reporting by Jane Doe in Baghdad; editing by John Roe)"),
    Scrape("contributing in a sentence", f"{TITLE}\n{BODY}\nThe strike contributed to the flight of thousands.", body=(*BODY.split("\n\n"), "The strike contributed to the flight of thousands.")),
)  # fmt: skip

WRAPPED = (
    Scrape("wrapped lines", f"{TITLE}\n\nThe Pentagon confirmed over the weekend that they had dropped bombs\nagainst the buildings that collapsed around the time of the bombing.\n\nThe second one.", body=("The Pentagon confirmed over the weekend that they had dropped bombs against the buildings that collapsed around the time of the bombing.", "The second one.")),
    Scrape("wrapped Chinese", "摩苏尔空袭\n\n" + "聖" * 50 + "\n" + "聖" * 9 + "。", title="摩苏尔空袭", body=("聖" * 59 + "。",)),
    Scrape("only line feeds part lines", f"{TITLE}\nThe first\u2028half\x0b and\x85the other.\nThe second one.", body=("The first\u2028half\x0b and\x85the other.", "The second one.")),
    Scrape("Windows line ends", f"{TITLE}\n\n{BODY}\n".replace("\n", "\r\n")),
    Scrape("line ends of old Macs", f"{TITLE}\n\n{BODY}\n".replace("\n", "\r")),
    Scrape("escape sequences stay", f"{TITLE}\n\x1b[31mThe first\x1b[0m sentence of it.", body=("\x1b[31mThe first\x1b[0m sentence of it.",)),
)  # fmt: skip
