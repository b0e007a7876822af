"""What announces related links, in the languages that news are written in: "Related", "Lesen Sie auch", "À lire aussi"."""

from __future__ import annotations

import re
from functools import cache

LONGEST_HEADING = 60
_RELATED = (
    # English
    r"(?:related|more|further|recommended|read also|see also|also read|read more|read next|latest headlines"
    r"|in other news|don['’]?t miss|most (?:read|popular|viewed|shared|recent)|trending|popular|similar|top stories"
    r"|what to read next|keep reading|up next|editor[s'’]* picks?|recent (?:posts|articles|news|stories)"
    r"|latest (?:news|posts|articles|stories)|you (?:may|might) (?:also )?(?:like|enjoy|be interested in))"
    r"(?:\s+(?:from|on|about|in|for)\s+\w[\w .,'’&-]{0,40}"
    r"|(?:\s+(?:now|this|on this(?: story| topic)?|articles?|stories|story|links?|news|posts?|coverage|headlines|reading"
    r"|content|topics?|from the web|in this series))*)"
    # German
    r"|(?:mehr (?:zum thema|dazu|artikel|nachrichten)|mehr (?:zu|aus|von|über)\b.{1,40}"
    r"|lesen sie (?:auch|mehr|hier)\b.{0,20}"
    r"|lies auch|auch interessant|auch lesenswert|das könnte (?:sie|dich|euch|ihnen|dir)\b.{0,25}"
    r"|weitere (?:artikel|beiträge|nachrichten|meldungen|themen|news|infos|informationen|interessante)\b.{0,30}"
    r"|(?:ähnliche|verwandte|passende|aktuelle|neueste|beliebte|andere|neue|interessante) "
    r"(?:artikel|beiträge|themen|nachrichten|meldungen|news|inhalte|posts)\b.{0,25}"
    r"|(?:die )?meist ?gelesen(?:e|en)?(?: artikel| beiträge)?|empfehlung(?:en)?(?: der redaktion| für sie)?|weiterlesen"
    r"|(?:passend )?zum thema|siehe auch|top-?(?:artikel|themen|news|meldungen)|im zusammenhang)"
    # Spanish, Portuguese, French, Italian
    r"|(?:te|le|les) pued[ea]n? interesar\b.{0,12}|le[ae] (?:también|además|más)\b.{0,20}"
    r"|(?:más|otras|últimas) (?:noticias|notas)\b.{0,25}|m[aá]s (?:le[ií]d[ao]s|vist[ao]s)|lo m[aá]s (?:le[ií]do|visto)"
    r"|(?:noticias|notas|art[ií]culos|contenidos?|temas) relacionad[ao]s?|relacionad[ao]s|ver también|mire también"
    r"|leia (?:também|mais)|veja (?:também|mais)|saiba mais|mais (?:lidas|notícias|vistas)|not[ií]cias relacionadas"
    r"|[àa] lire (?:aussi|également|ensuite)?|lire aussi|voir aussi|sur le m[eê]me (?:sujet|th[eè]me)"
    r"|articles? (?:li[eé]s?|similaires?|recommand[eé]s?|connexes?|associ[eé]s?)|les plus (?:lus|vus)"
    r"|dans la m[eê]me (?:rubrique|cat[eé]gorie)|vous aimerez (?:aussi|peut-être)\b.{0,20}|[aà] d[eé]couvrir"
    r"|leggi anche|potrebbe(?:ro)? interessarti(?: anche)?|articoli (?:correlati|simili)|(?:i )?pi[uù] letti"
    # Polish, Dutch, Scandinavian, Turkish
    r"|(?:czytaj|zobacz|przeczytaj) (?:także|też|również|więcej)|(?:podobne|polecane|powiązane)(?: artykuły| wpisy)?"
    r"|najczęściej czytane|lees (?:ook|meer)|ook interessant|gerelateerde?(?: artikelen| berichten)?|meest gelezen"
    r"|läs (?:även|mer|också)|les også|læs også|lue myös|lue lisää|mest lest|ilgili haberler|diğer haberler"
    r"|bunlar da ilginizi çekebilir|son haberler|en çok okunanlar"
    # Russian, Ukrainian, Greek, Czech, Hungarian
    r"|читайте (?:также|також|ещ[её])|(?:материалы |новости )?по теме|похожие (?:статьи|новости|материалы)|другие новости"
    r"|смотрите также|самое читаемое|популярное|διαβάστε (?:επίσης|ακόμη)|čtěte také|související(?: články)?|olvasta már"
    # Chinese, Japanese, Korean, Thai, Arabic, Persian, Hebrew
    r"|相[关關](?:新[闻聞]|阅读|文章|報導|报道|推荐)|延伸[阅閱][读讀]|推[荐薦][阅閱]?[读讀]?|[热熱][门門](?:新[闻聞]|文章|推荐)?|猜你喜欢"
    r"|(?:関連|人気|おすすめ)(?:記事|ニュース)?|あわせて読みたい|アクセスランキング|관련 ?기사"
    r"|많이 본 뉴스|ข่าวที่เกี่ยวข้อง|อ่านเพิ่มเติม"
    r"|اقرأ أيض[اًًا]*|(?:مواضيع|أخبار|مقالات) ذات صلة|الأكثر قراءة|شاهد أيض[اًًا]*|مطالب مرتبط"
    r"|اخبار مرتبط|עוד בנושא|כתבות נוספות"
)


_DIRECTIONS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Marks that set the direction of writing, which no reader sees."""


def is_heading(line: str) -> bool:
    """Whether a line announces related links: "Related", "Related articles:", "More on this story", "Lire aussi"."""
    if len(line) > LONGEST_HEADING:
        return False
    plain = line.translate(_DIRECTIONS).strip(" :：=*#_-–—»›>|•▶►+.…?!").lower()
    return plain not in ("more", "further", "popular", "similar") and _heading().fullmatch(plain) is not None


@cache
def _heading() -> re.Pattern[str]:
    # Compiled when first asked for: it is long, and most runs read nothing.
    return re.compile(_RELATED)


def split_label(text: str) -> str | None:
    """What follows a label such as "Read also:" at the beginning of a line; None where there is no such label."""
    label, colon, rest = text.partition(":")
    return rest.strip() if colon and rest.strip() and is_heading(label) else None
