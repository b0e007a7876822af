"""How a query was read: its tree, a node per line, with the indexed words that each leaf stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from searchkit.output import visible
from searchkit.query import And, Boost, Fuzzy, Not, Or, Phrase, Prefix, Query, Term, Wildcard, WordLeaf

_WORDS_SHOWN = 12


def tree_lines(query: Query, expand: Callable[[WordLeaf], Sequence[str]]) -> Iterator[str]:
    """The lines of a tree; `expand` gives the words of a leaf."""
    yield from _node_lines(query, expand, "", "")


def _node_lines(node: Query, expand: Callable[[WordLeaf], Sequence[str]], first: str, rest: str) -> Iterator[str]:
    match node:
        case And(children=children):
            label, below = "AND", list(children)
        case Or(children=children):
            label, below = "OR", list(children)
        case Not(child=child):
            label, below = "NOT", [child]
        case Boost(child=child, factor=factor):
            label, below = f"weight {factor:g}", [child]
        case _:
            label, below = _leaf_label(node, expand), []
    yield first + visible.visible_line(label)
    for number, child in enumerate(below, 1):
        last = number == len(below)
        yield from _node_lines(child, expand, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))


def _leaf_label(node: Query, expand: Callable[[WordLeaf], Sequence[str]]) -> str:
    if not isinstance(node, Term | Phrase | Prefix | Wildcard | Fuzzy):
        return str(node)
    words = expand(node)
    shown = ", ".join(words[:_WORDS_SHOWN]) or "no indexed word"
    more = f" and {len(words) - _WORDS_SHOWN:,} more" if len(words) > _WORDS_SHOWN else ""
    return f"{node} → {shown}{more}"
