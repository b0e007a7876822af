"""Language tags as pages and records state them, in the spelling of BCP 47."""

from __future__ import annotations

import re

_TAG = re.compile(
    r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?((?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)",
    re.IGNORECASE | re.ASCII,
)


def language_tag(text: str) -> str | None:
    """A tag in its usual spelling (`pt_br` gives `pt-BR`); None for what has not the form of one, and for `und`."""
    match = _TAG.fullmatch(text.strip().replace("_", "-"))
    if match is None:
        return None
    primary, script, region, variants = match.groups()
    tag = "-".join(filter(None, (primary.lower(), (script or "").title(), (region or "").upper()))) + variants.lower()
    return None if tag == "und" else tag
