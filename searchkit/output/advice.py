"""What would have helped a query that found nothing, as lines."""

from __future__ import annotations

from collections.abc import Iterator

from searchkit.output import visible
from searchkit.output.wording import counted
from searchkit.searching import Advice


def advice_lines(query: str, advice: Advice) -> Iterator[str]:
    """First that nothing was found, then a line for each word that matches nothing, then what other options give."""
    yield f"no article matches {visible.visible_line(query)}"
    for leaf, nearest in advice.unknown:
        hint = f"; the nearest indexed words are {', '.join(map(visible.visible_line, nearest))}" if nearest else ""
        yield f"  {visible.visible_line(leaf)} occurs in no article{hint}"
    if advice.any_total:
        yield f"  with --any, which joins the words by OR, it finds {counted(advice.any_total, 'article')}"
    if advice.unbounded_total:
        yield f"  without --since and --until it finds {counted(advice.unbounded_total, 'article')}"
