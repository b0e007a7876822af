"""Language tags in their usual spelling, as articles state them and queries ask for them."""

from __future__ import annotations

import re
from functools import cache

_TAG = re.compile(
    r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?((?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"((?:-[a-z0-9](?:-[a-z0-9]{2,8})+)*)",
    re.IGNORECASE | re.ASCII,
)
# Codes that ISO 639-2 and 639-3 write with three letters and BCP 47 with two (RFC 5646, 2.2.1).
_SHORT = (
    "aar:aa abk:ab afr:af aka:ak alb:sq amh:am ara:ar arg:an arm:hy asm:as ava:av ave:ae aym:ay aze:az bak:ba"
    " bam:bm baq:eu bel:be ben:bn bis:bi bod:bo bos:bs bre:br bul:bg bur:my cat:ca ces:cs cha:ch che:ce chi:zh"
    " chu:cu chv:cv cor:kw cos:co cre:cr cym:cy cze:cs dan:da deu:de div:dv dut:nl dzo:dz ell:el eng:en epo:eo"
    " est:et eus:eu ewe:ee fao:fo fas:fa fij:fj fin:fi fra:fr fre:fr fry:fy ful:ff geo:ka ger:de gla:gd gle:ga"
    " glg:gl glv:gv gre:el grn:gn guj:gu hat:ht hau:ha hbs:sh heb:he her:hz hin:hi hmo:ho hrv:hr hun:hu hye:hy"
    " ibo:ig ice:is ido:io iii:ii iku:iu ile:ie ina:ia ind:id ipk:ik isl:is ita:it jav:jv jpn:ja kal:kl kan:kn"
    " kas:ks kat:ka kau:kr kaz:kk khm:km kik:ki kin:rw kir:ky kom:kv kon:kg kor:ko kua:kj kur:ku lao:lo lat:la"
    " lav:lv lim:li lin:ln lit:lt ltz:lb lub:lu lug:lg mac:mk mah:mh mal:ml mao:mi mar:mr may:ms mkd:mk mlg:mg"
    " mlt:mt mon:mn mri:mi msa:ms mya:my nau:na nav:nv nbl:nr nde:nd ndo:ng nep:ne nld:nl nno:nn nob:nb nor:no"
    " nya:ny oci:oc oji:oj ori:or orm:om oss:os pan:pa per:fa pli:pi pol:pl por:pt pus:ps que:qu roh:rm ron:ro"
    " rum:ro run:rn rus:ru sag:sg san:sa sin:si slk:sk slo:sk slv:sl sme:se smo:sm sna:sn snd:sd som:so sot:st"
    " spa:es sqi:sq srd:sc srp:sr ssw:ss sun:su swa:sw swe:sv tah:ty tam:ta tat:tt tel:te tgk:tg tgl:tl tha:th"
    " tib:bo tir:ti ton:to tsn:tn tso:ts tuk:tk tur:tr twi:tw uig:ug ukr:uk urd:ur uzb:uz ven:ve vie:vi vol:vo"
    " wel:cy wln:wa wol:wo xho:xh yid:yi yor:yo zha:za zho:zh zul:zu"
)
_RETIRED = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro"}


def language_tag(stated: str) -> str | None:
    """A BCP 47 tag in its usual spelling: `pt_br` -> `pt-BR`, `eng` -> `en`, `zh-hans-cn` -> `zh-Hans-CN`.

    None for "und", which states that the language is not known. Raises ValueError for what has not the form of a tag.
    Source: RFC 5646, sections 2.1 and 4.5.
    """
    match = _TAG.fullmatch(stated.strip().replace("_", "-"))
    if match is None:
        raise ValueError(stated)
    primary, script, region, variants, extensions = match.groups()
    primary = primary.lower()
    if len(primary) == 3 or primary in _RETIRED:
        primary = _short_codes().get(primary, primary)
    tag = "-".join(filter(None, (primary, (script or "").title(), (region or "").upper())))
    return None if primary == "und" else tag + variants.lower() + extensions.lower()


@cache
def _short_codes() -> dict[str, str]:
    return dict(pair.split(":") for pair in _SHORT.split()) | _RETIRED
