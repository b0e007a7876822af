"""Query nodes: the small tree that the parser makes and every engine evaluates.

Leaves that look for words:    Term, Phrase, Prefix, Wildcard, Fuzzy
Leaves that only select:       Keyword, DateRange, Undated, MatchAll
Inner nodes:                   And, Or, Not, Boost

Words inside nodes are folded by `analysis`; `field` None stands for the searched fields together (`TEXT_FIELDS`). A word
leaf matches an article when one of its fields matches. `str(node)` is text in the query language that parses back to an
equal tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from searchkit.value import Value

TEXT_FIELDS = ("title", "dek", "body", "links")
"""Fields searched when none is named; words in them match their inflections."""

NAME_FIELDS = ("author", "publisher", "path")
"""Fields of words that are names: searched when named, never stemmed."""

KEYWORD_FIELDS = ("lang", "id")
"""Fields of one value that is compared whole: a language tag (also by its first parts), an article's id (or its
beginning)."""

FIELDS = (*TEXT_FIELDS, *NAME_FIELDS, "date", *KEYWORD_FIELDS)


class Term(Value):
    """A word with its inflections (in `NAME_FIELDS`: the word alone); one unspaced character: all words it begins."""

    word: str
    field: str | None = None

    def __str__(self) -> str:
        return _in_field(self.field, self.word)


class Phrase(Value):
    """Words in order, in one field, with at most `slop` other words between them altogether.

    `exact` words match themselves only (a quoted phrase; one quoted word is a phrase of one); otherwise their
    inflections too (one written word that holds several, like `air-strikes`, and then `slop` is 0; or a `ranking.Pair`).
    """

    words: tuple[str, ...]
    slop: int = 0
    field: str | None = None
    exact: bool = True

    def __str__(self) -> str:
        if not self.exact:
            return _in_field(self.field, "-".join(self.words))
        return _in_field(self.field, '"' + " ".join(self.words) + '"' + (f"~{self.slop}" if self.slop else ""))


class Prefix(Value):
    """All indexed words that begin so."""

    prefix: str
    field: str | None = None

    def __str__(self) -> str:
        return _in_field(self.field, self.prefix + "*")


class Wildcard(Value):
    """All indexed words of this pattern: `*` stands for any characters or none, `?` for one."""

    pattern: str
    field: str | None = None

    def __str__(self) -> str:
        return _in_field(self.field, self.pattern)


class Fuzzy(Value):
    """All indexed words within `edits` (1 or 2) insertions, deletions, replacements or swaps of neighbours."""

    word: str
    edits: int = 1
    field: str | None = None

    def __str__(self) -> str:
        return _in_field(self.field, self.word + ("~" if self.edits == 1 else f"~{self.edits}"))


class Keyword(Value):
    """A value of one of `KEYWORD_FIELDS`, in lower case. `lang:pt` also selects `pt-br`; `id:` takes a beginning."""

    field: str
    value: str

    def __str__(self) -> str:
        return f"{self.field}:{self.value}"


class DateRange(Value):
    """Articles published from `start` to `end`, both days included; None leaves that end open. Never undated ones."""

    start: date | None
    end: date | None

    def __str__(self) -> str:
        if self.start == self.end and self.start is not None:
            return f"date:{self.start.isoformat()}"
        return f"date:{self.start.isoformat() if self.start else ''}..{self.end.isoformat() if self.end else ''}"


class Undated(Value):
    """Articles whose date is not known."""

    def __str__(self) -> str:
        return "date:none"


class MatchAll(Value):
    """Every article."""

    def __str__(self) -> str:
        return "*"


class And(Value):
    """Articles that match all children (two or more)."""

    children: tuple[Query, ...]

    def __str__(self) -> str:
        return " AND ".join(map(_operand, self.children))


class Or(Value):
    """Articles that match a child (of two or more)."""

    children: tuple[Query, ...]

    def __str__(self) -> str:
        return " OR ".join(map(_operand, self.children))


class Not(Value):
    """Articles that do not match the child."""

    child: Query

    def __str__(self) -> str:
        return "NOT " + _operand(self.child)


class Boost(Value):
    """The child, its score multiplied by `factor` (above 0)."""

    child: Query
    factor: float

    def __str__(self) -> str:
        inner = f"({self.child})" if isinstance(self.child, And | Or | Not | Boost) else str(self.child)
        return f"{inner}^{self.factor:g}" if float(f"{self.factor:g}") == self.factor else f"{inner}^{self.factor!r}"


WordLeaf = Term | Phrase | Prefix | Wildcard | Fuzzy
Filter = Keyword | DateRange | Undated | MatchAll
Query = WordLeaf | Filter | And | Or | Not | Boost


def fields_of(leaf: WordLeaf) -> tuple[str, ...]:
    """The index fields in which a word leaf looks."""
    return TEXT_FIELDS if leaf.field is None else (leaf.field,)


def word_leaves(query: Query, *, negated: bool = False) -> Iterator[WordLeaf]:
    """The word leaves of a tree in order; those under a Not only when `negated`."""
    if isinstance(query, Term | Phrase | Prefix | Wildcard | Fuzzy):
        yield query
    elif isinstance(query, And | Or):
        for child in query.children:
            yield from word_leaves(child, negated=negated)
    elif isinstance(query, Boost) or (isinstance(query, Not) and negated):
        yield from word_leaves(query.child, negated=negated)


def wildcard_regex(pattern: str) -> re.Pattern[str]:
    """The regular expression whose `fullmatch` is what a wildcard pattern means.

    Each stretch between two stars is taken where it first occurs and never tried again (an atomic group), which finds
    the same words, in time that does not explode with the number of stars.
    """
    first, *middle = ("".join("." if c == "?" else re.escape(c) for c in part) for part in pattern.split("*"))
    if not middle:
        return re.compile(first, re.DOTALL)
    last = middle.pop()
    return re.compile(first + "".join(f"(?>.*?{part})" for part in middle if part) + f".*{last}", re.DOTALL)


def _in_field(field: str | None, text: str) -> str:
    return text if field is None else f"{field}:{text}"


def _operand(node: Query) -> str:
    return f"({node})" if isinstance(node, And | Or) else str(node)
