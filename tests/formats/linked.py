"""Hand-made scrapes with related links, and with lists that only look like them; run by `test_text.py`."""

# ruff: noqa: E501 (one scrape a line, so that the table can be read down)

from __future__ import annotations

from datetime import date

from searchkit.article import Link
from tests.formats.scrapes import BODY, JULY_8, TITLE, Scrape

PARAGRAPHS = tuple(BODY.split("\n\n"))
ONE, TWO = Link("Iraq Lifts Oil Output", "Rudaw", JULY_8), Link("Trump - and Iran - Speak", "The New Arab", JULY_8)
UNDATED = Link("Iraq Lifts Oil Output", "Rudaw"), Link("Trump - and Iran - Speak", "The New Arab")
PLAIN = Link("Iraq Lifts Oil Output"), Link("Trump - and Iran - Speak")

TEASER = "Iraq lifts its oil output, and nobody knows where all of it will go in the end, " * 5 + "says the ministry."
PROSE = "- " + " ".join([TEASER] * 6)

LINES = (
    ("- Headline - Bloomberg - July 8th, 2025 [July 8th, 2025]", Link("Headline", "Bloomberg", JULY_8)),
    ("- Key Fields - Crude Oil Prices Today | OilPrice.com - July 8th, 2025 [July 8th, 2025]", Link("Key Fields", "Crude Oil Prices Today | OilPrice.com", JULY_8)),
    ("- Column | Trump bombs Iran - The Washington Post - July 8th, 2025 [July 8th, 2025]", Link("Column | Trump bombs Iran", "The Washington Post", JULY_8)),
    ("- Funny at Lookingglass | Your Ticket - CBS News - July 8th, 2025", Link("Funny at Lookingglass | Your Ticket", "CBS News", JULY_8)),
    ("- World Bank approves - ABC News - Breaking News, Latest News and Videos - July 8th, 2025", Link("World Bank approves", "ABC News - Breaking News, Latest News and Videos", JULY_8)),
    ("- World Bank approves - Latest news from Azerbaijan - July 8th, 2025", Link("World Bank approves", "Latest news from Azerbaijan", JULY_8)),
    ("- In the Iran-Iraq War, F-5s Fought - Trench Art | David Axe - July 8th, 2025", Link("In the Iran-Iraq War, F-5s Fought", "Trench Art | David Axe", JULY_8)),
    ("- Statement of the Republic of IRAQ - - July 8th, 2025 [July 8th, 2025]", Link("Statement of the Republic of IRAQ", None, JULY_8)),
    ("- Syrian authorities - Shafaq News - - July 8th, 2025 [July 8th, 2025]", Link("Syrian authorities", "Shafaq News", JULY_8)),
    ("- News - Gates Vows to Focus - DVIDS - July 8th, 2025", Link("News - Gates Vows to Focus", "DVIDS", JULY_8)),
    ("- Trump speaks - it was a long day - July 8th, 2025", Link("Trump speaks - it was a long day", None, JULY_8)),
    ("* Headline – BBC News – 8 July 2025", Link("Headline", "BBC News", JULY_8)),
    ("• Headline (Reuters, 8 July 2025)", Link("Headline", "Reuters", JULY_8)),
    ("· Headline (8 July 2025)", Link("Headline", None, JULY_8)),
    ("– Headline | The Guardian | 2025-07-08", Link("Headline", "The Guardian", JULY_8)),
    ("— Headline - AP, July 8, 2025", Link("Headline", "AP", JULY_8)),
    ("1. Headline — Al Jazeera — 08.07.2025", Link("Headline", "Al Jazeera", JULY_8)),
    ("12) 2025-07-08: Headline - AP", Link("Headline", "AP", JULY_8)),
    ("- Headline - Shafaq News - [July 8th, 2025]", Link("Headline", "Shafaq News", JULY_8)),
    ("- Headline of many words", Link("Headline of many words")),
    ("- Headline - Kurdistan24", Link("Headline", "Kurdistan24")),
    ("- Mosul, Raqqa, 8 July 2025", Link("Mosul, Raqqa, 8 July 2025")),
    ("- Hit by a strike on 8 July 2025", Link("Hit by a strike on 8 July 2025")),
    ("- Headline - Reuters https://x.org/a?b=1", Link("Headline", "Reuters", None, "https://x.org/a?b=1")),
    ("- [Headline](https://x.org/a) - Reuters - July 8th, 2025", Link("Headline", "Reuters", JULY_8, "https://x.org/a")),
    ("- UN visits Karbala [EN/AR] - ReliefWeb - July 8th, 2025 [July 8th, 2025]", Link("UN visits Karbala [EN/AR]", "ReliefWeb", JULY_8)),
    ("https://x.org/a", Link("https://x.org/a", None, None, "https://x.org/a")),
)  # fmt: skip

LINKED = (
    Scrape("dated links", f"{TITLE}\n{BODY}\n- Iraq Lifts Oil Output - Rudaw - July 8th, 2025 [July 8th, 2025]\n- Trump - and Iran - Speak - The New Arab - July 8th, 2025", links=(ONE, TWO)),
    Scrape("links with blank lines", f"{TITLE}\n{BODY}\n\n* Iraq Lifts Oil Output - Rudaw - 8 July 2025\n\n* Trump - and Iran - Speak - The New Arab - 8 July 2025\n", links=(ONE, TWO)),
    Scrape("links without bullets", f"{TITLE}\n{BODY}\nIraq Lifts Oil Output - Rudaw - July 8, 2025\nTrump - and Iran - Speak - The New Arab - July 8, 2025", links=(ONE, TWO)),
    Scrape("undated links of outlets", f"{TITLE}\n{BODY}\n• Iraq Lifts Oil Output - Rudaw\n• Trump - and Iran - Speak - The New Arab\n• Third - AP", links=(*UNDATED, Link("Third", "AP"))),
    Scrape("links under a heading", f"{TITLE}\n{BODY}\n\nRelated articles:\n- Iraq Lifts Oil Output\n- Trump - and Iran - Speak", links=PLAIN),
    Scrape("sentences under a heading", f"{TITLE}\n{BODY}\n\nRelated\n- Iraq lifts its oil output.\n- Trump and Iran speak. Nobody knows of what.", links=(Link("Iraq lifts its oil output."), Link("Trump and Iran speak. Nobody knows of what."))),
    Scrape("teasers under a heading", f"{TITLE}\n{BODY}\n\nRelated\n- {TEASER}\n- Iraq Lifts Oil Output", links=(Link(TEASER), Link("Iraq Lifts Oil Output"))),
    Scrape("prose under a heading", f"{TITLE}\n{BODY}\n\nRelated\n{PROSE}", body=(*PARAGRAPHS, "Related", PROSE)),
    Scrape("sentences without a heading", f"{TITLE}\n{BODY}\n\nIn short\n- Iraq lifts its oil output.\n- Trump and Iran speak.", body=(*PARAGRAPHS, "In short", "- Iraq lifts its oil output.", "- Trump and Iran speak.")),
    Scrape("two blocks", f"{TITLE}\n{BODY}\n\nMore on this story\nTrump - and Iran - Speak\n\nRelated\n- Iraq Lifts Oil Output\n- Third", links=(PLAIN[1], PLAIN[0], Link("Third"))),
    Scrape("a heading with marks of direction", f"{TITLE}\n{BODY}\n\nRelated \u2068articles\u2069\n- Iraq Lifts Oil Output\n- Trump - and Iran - Speak", links=PLAIN),
    Scrape("links under a heading without bullets", f"{TITLE}\n{BODY}\n\nMore on this story\nIraq Lifts Oil Output\nTrump - and Iran - Speak", links=PLAIN),
    Scrape("crumbs between links", f"{TITLE}\n{BODY}\nRead more:\nIraq Lifts Oil Output\nAdvertisement\nTrump - and Iran - Speak", links=PLAIN),
    Scrape("a long list without evidence", f"{TITLE}\nThe first sentence of it.\n" + "- Mosul\n" * 3, body=("The first sentence of it.", "- Mosul", "- Mosul", "- Mosul")),
    Scrape("a sentence behind the links", f"{TITLE}\n{BODY}\nRelated:\n- Iraq Lifts Oil Output\n- Trump - and Iran - Speak\n— The author lives in Rome.", links=PLAIN, body=(*PARAGRAPHS, "— The author lives in Rome.")),
    Scrape("bullets under a title said twice at the top", f"{TITLE}\n{TITLE}\n- Mosul is large\n- Raqqa is small", body=("- Mosul is large", "- Raqqa is small")),
    Scrape("links under the repeated title", f"{TITLE}\n{BODY}\nView post:\n{TITLE}\n- Iraq Lifts Oil Output\n- Trump - and Iran - Speak", links=PLAIN),
    Scrape("one dated link", f"{TITLE}\n{BODY}\n- Iraq Lifts Oil Output - Rudaw - July 8th, 2025", links=(ONE,)),
    Scrape("a notice behind the links", f"{TITLE}\n{BODY}\n- Iraq Lifts Oil Output - Rudaw - July 8th, 2025\n© 2025 Example", links=(ONE,), body=(*PARAGRAPHS, "© 2025 Example")),
    Scrape("biography above the links", f"{TITLE}\nBy Jane Doe\n{BODY}\nJane Doe is an editor.\n- Iraq Lifts Oil Output - Rudaw - July 8th, 2025", authors=("Jane Doe",), note="Jane Doe is an editor.", links=(ONE,)),
    Scrape("a link's date is not the article's", f"{TITLE}\n- Iraq Lifts Oil Output - Rudaw - July 8th, 2025", body=(), links=(ONE,)),
    Scrape("only links", "- Iraq Lifts Oil Output - Rudaw - July 8th, 2025\n- Trump - and Iran - Speak - The New Arab - July 8th, 2025", title="", body=(), links=(ONE, TWO)),
    Scrape("a title over links", f"{TITLE}\n- Iraq Lifts Oil Output - Rudaw - July 8th, 2025\n- Old - AP - May 1st, 2016", body=(), links=(ONE, Link("Old", "AP", date(2016, 5, 1)))),
    Scrape("bullet points of the text", f"{TITLE}\nThe first sentence of it.\n- Mosul is large\n- Raqqa - once the capital - is small\n- Erbil - Kurdish", body=("The first sentence of it.", "- Mosul is large", "- Raqqa - once the capital - is small", "- Erbil - Kurdish")),
    Scrape("a timeline is text", f"{TITLE}\nThe first sentence of it.\n- June 10, 2014: Mosul falls\n- July 9, 2017: Mosul is freed", body=("The first sentence of it.", "- June 10, 2014: Mosul falls", "- July 9, 2017: Mosul is freed")),
    Scrape("bullets inside the text", f"{TITLE}\nThe first sentence of it.\n- Mosul - Reuters - July 8th, 2025\n" + "A long closing paragraph about it. " * 5, body=("The first sentence of it.", "- Mosul - Reuters - July 8th, 2025", ("A long closing paragraph about it. " * 5).strip())),
    Scrape("bullet points, then links", f"{TITLE}\n- Mosul is large\n- Raqqa is small\n\n- Iraq Lifts Oil Output - Rudaw - July 8th, 2025\n- Trump - and Iran - Speak - The New Arab - July 8th, 2025\n- Third - AP - July 8th, 2025", body=("- Mosul is large", "- Raqqa is small"), links=(ONE, TWO, Link("Third", "AP", JULY_8))),
    Scrape("a signature is text", f"{TITLE}\n{BODY}\n— Jane Doe, CNN", body=(*PARAGRAPHS, "— Jane Doe, CNN")),
    Scrape("a title with a date", "Iraq at war - Rudaw - July 8th, 2025", title="Iraq at war - Rudaw - July 8th, 2025", body=()),
)  # fmt: skip
