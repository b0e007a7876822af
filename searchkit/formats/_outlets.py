"""Names of publishers: what can be told to be one, and what at least has the form of one."""

from __future__ import annotations

import re

from searchkit.formats._people import PARTICLES, is_capitalised

# Names which cannot be told from the words of a headline by their form.
_KNOWN_OUTLETS = frozenset([
    "ABC", "ABC News", "AFP", "Agence France-Presse", "Al Arabiya", "Al Jazeera", "Al-Monitor", "Anadolu", "ANI",
    "AP", "APA", "The Associated Press", "Associated Press", "The Atlantic", "Axios", "BBC", "Bellingcat",
    "Bloomberg", "Breitbart", "BuzzFeed", "C-SPAN", "CBC", "CBS", "Channel 4", "CNBC", "CNN", "CNN International",
    "CNN Politics", "Common Dreams", "Daily Beast", "The Daily Beast", "DER SPIEGEL", "Deutsche Welle", "dpa",
    "DVIDS", "DW", "The Economist", "EFE", "Euronews", "Evening Standard", "Forbes", "Foreign Affairs",
    "Foreign Policy", "FRANCE 24", "France 24", "FT", "The Guardian", "Haaretz", "The Hill", "HuffPost",
    "The Independent", "Interfax", "IRNA", "ITV", "KUNA", "Kurdistan 24", "Kurdistan24", "Le Monde",
    "Middle East Eye", "The New Arab", "Stars and Stripes", "MSN", "MSNBC", "NBC", "NDTV", "Newsmax", "Newsweek",
    "NPR", "NRT", "NYT", "PBS", "Politico", "POLITICO", "ProPublica", "PTI", "Quartz", "The Register", "ReliefWeb",
    "Reuters", "RFE/RL", "RIA Novosti", "RT", "Rudaw", "Salon", "SANA", "SBS", "Slate", "Spiegel", "Sputnik",
    "The Sun", "TASS", "Telegraph", "The Telegraph", "TIME", "TMZ", "Toronto Star", "TRT", "TRT World", "UPI",
    "USA TODAY", "USA Today", "VICE", "VOA", "Voice of America", "Vox", "WAM", "Wired", "WIRED", "WSJ", "Xinhua",
    "Yahoo", "Yahoo!", "ZDF", "RTÉ", "الجزيرة نت", "新华网",
])  # fmt: skip
# Words that at the end make a name of several words an outlet's ("Shafaq News"), or at its beginning ("Radio Free Iraq").
_OUTLET_WORDS = frozenset([
    "agency", "broadcasting", "bulletin", "chronicle", "courier", "dispatch", "examiner", "express", "gazette",
    "globe", "guardian", "herald", "independent", "inquirer", "journal", "magazine", "mail", "monitor", "network",
    "news", "newspaper", "newswire", "observer", "online", "post", "press", "radio", "register", "sentinel",
    "telegram", "telegraph", "television", "times", "tribune", "tv", "weekly", "wire", "zeitung", "nachrichten",
    "presse", "noticias",
])  # fmt: skip
_FIRST_OUTLET_WORDS = frozenset(["daily", "diario", "journal", "radio"])
# What stands behind a dash or bar in a title without being who published it.
_NO_OUTLETS = frozenset([
    "analysis", "bad news", "big news", "breaking news", "business", "column", "comment", "culture", "editorial",
    "exclusive", "explained", "fact check", "fake news", "good news", "health", "in pictures", "key points", "latest",
    "latest news", "latest updates", "live", "live blog", "live news", "live updates", "middle east", "news",
    "opinion", "perspective", "photos", "pictures", "podcast", "politics", "report", "review", "science", "sport",
    "sports", "technology", "timeline", "uk news", "update", "updated", "updates", "us news", "video", "videos",
    "watch", "world", "world news",
])  # fmt: skip
_SMALL_WORDS = PARTICLES | {"and", "&", "for", "from", "in", "on", "at", "et", "und"}
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,12}")
_TAGLINE = re.compile(r"\b(?:breaking|latest|top|world)\s+news\b", re.IGNORECASE)


def is_domain(text: str) -> bool:
    """Whether `text` is a host name: `kurdistan24.net`, `OilPrice.com`."""
    return _DOMAIN.fullmatch(text) is not None


def is_outlet(text: str) -> bool:
    """Whether `text` is plainly an outlet's name: known, a domain, or capitalised words with "News", "Times", ..."""
    if text in _KNOWN_OUTLETS or is_domain(text):
        return True
    words = text.split()
    named = len(words) > 1 and (_plain(words[-1]) in _OUTLET_WORDS or _plain(words[0]) in _FIRST_OUTLET_WORDS)
    return named and may_be_outlet(text, 6)


def may_be_outlet(text: str, most_words: int) -> bool:
    """Whether `text` has the form of an outlet's name: at most `most_words` words, capitalised but for small ones."""
    words = text.split()
    if text in _KNOWN_OUTLETS or is_domain(text):
        return True
    if not 1 <= len(words) <= most_words or len(text) > 80 or text.lower() in _NO_OUTLETS:
        return False
    if (
        words[0].lower() in ("and", "or", "but")
        or text[-1] in "?…:;,"
        or re.search(r"[\"“”„«»]", text)
        or text.isdecimal()
    ):
        return False
    loud = [word for word in words if word.lower() not in _SMALL_WORDS and any(c.isalnum() for c in word)]
    return bool(loud) and all(map(is_capitalised, loud))


def is_tagline(text: str) -> bool:
    """Whether `text` is what sites add to their name in a page's title: "Breaking News, Latest News and Videos"."""
    return _TAGLINE.search(text) is not None


def _plain(word: str) -> str:
    return word.lower().strip("().,!'’")
