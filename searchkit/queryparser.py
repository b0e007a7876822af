"""What a user types -> query nodes: the query language, version 1.

    query   = any
    any     = and { "OR" and }
    and     = unary { [ "AND" ] unary }
    unary   = { "NOT" | "-" } [ field ":" ] primary { "^" number }
    primary = "(" any ")" | quoted [ "~" number ] | word [ "~" [ number ] ] | pattern

Strict: whatever cannot be meant is a `QuerySyntaxError` with its column, and nothing is dropped or rewritten. The one
exception is what analysis does to every text: punctuation inside words and phrases is not indexed and not searched.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from typing import NoReturn

from searchkit.analysis import fold, tokenize_query
from searchkit.errors import QueryLimitError, QuerySyntaxError
from searchkit.query import (
    FIELDS,
    KEYWORD_FIELDS,
    And,
    Boost,
    DateRange,
    Fuzzy,
    Keyword,
    MatchAll,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    Undated,
    Wildcard,
)

MAX_LENGTH_BYTES = 10_000
MAX_DEPTH = 64
MAX_SLOP = 1_000
MAX_BOOST = 1_000.0

_QUOTES = '"“”„‟″«»＂'
_FIELD = re.compile(r"([^\W\d][\w.]*):")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_OPERATORS = ("AND", "OR", "NOT")
# What most queries consist of: a word in which no character means anything else, with nothing behind it.
_PLAIN_WORD = re.compile(r"[A-Za-z0-9]+(?![^\s)])")
# One character of a word: an escaped character, or anything that does not end a word.
_WORD = re.compile(rf"(?:\\.|[^\s()\\^~{_QUOTES}])+", re.DOTALL)
# What is typed for a minus or as NOT elsewhere; taken as punctuation it would turn the meaning round unnoticed.
_MISTAKEN_MINUS = re.compile(r"[!‐‑‒–—−﹣－](?=\S)")
# A star at a letter, or a question mark between two: meant as a pattern, unlike the end of a quoted question.
_PATTERN_IN_PHRASE = re.compile(r"(?<!\\)(?:(?<=\w)\*|\*(?=\w)|(?<=\w)\?(?=\w))")
_LANGUAGE_TAG = re.compile(r"[a-z]{2,8}(?:-[a-z0-9]{1,8})*")


def parse_query(text: str, *, any_word: bool = False, field: str | None = None, today: date | None = None) -> Query:
    """The tree of a query text.

    `any_word` joins words that stand side by side by OR instead of AND; what only selects (dates, languages, ids, NOT)
    still applies to all of them. `field` is searched by words that name no field themselves. `today` (default: the
    UTC day) is what relative dates count from.

    Raises `QuerySyntaxError` (with a column) and `QueryLimitError` (over 10,000 bytes, deeper than 64).
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_LENGTH_BYTES:
        raise QueryLimitError(
            f"the query has {size:,} bytes, the limit is {MAX_LENGTH_BYTES:,}; split it into several queries"
        )
    if field is not None:
        _check_default_field(field)
    return _Parser(text, any_word, field, today or datetime.now(UTC).date()).parse()


def _check_default_field(field: str) -> None:
    if field not in FIELDS or field == "date" or field in KEYWORD_FIELDS:
        hint = _suggest_field(field) if field not in FIELDS else f"write {field}: inside the query"
        raise QuerySyntaxError(f"{field!r} is not a field of words", field, 0, hint)


class _Parser:
    def __init__(self, text: str, any_word: bool, field: str | None, today: date) -> None:
        self.text = text
        self.any_word = any_word
        self.today = today
        self.fields: list[str | None] = [field]
        self.at = 0
        self.depth = 0

    # --- structure ---

    def parse(self) -> Query:
        self._skip_space()
        if self._ended():
            self._fail("the query is empty", 0, "write * to find every article")
        query = self._alternatives()
        if not self._ended():
            # Only a closing parenthesis stops the loops above early.
            self._fail("this parenthesis closes nothing", self.at, r"remove it, or write \) to mean the character")
        return query

    def _alternatives(self) -> Query:
        children = [self._conjunction()]
        while self._take_operator("OR"):
            children.append(self._conjunction())
        return children[0] if len(children) == 1 else Or(tuple(children))

    def _conjunction(self) -> Query:
        """Words side by side: joined by AND, or, with `any_word`, chains of explicit ANDs that stand for one another."""
        chains = [[self._unary()]]
        while True:
            if self._take_operator("AND"):
                chains[-1].append(self._unary())
            elif self._at_operand():
                chains.append([self._unary()])
            else:
                break
        if not self.any_word:
            return _and([child for chain in chains for child in chain])
        operands = [_and(chain) for chain in chains]
        words = [operand for operand in operands if not _only_selects(operand)]
        filters = [operand for operand in operands if _only_selects(operand)]
        if not words:
            return _and(filters)
        return _and([words[0] if len(words) == 1 else Or(tuple(words)), *filters])

    def _unary(self) -> Query:
        self._skip_space()
        start = self.at
        plain = _PLAIN_WORD.match(self.text, start)
        if plain and plain.group() not in _OPERATORS and self.fields[-1] not in KEYWORD_FIELDS:
            self.at = plain.end()
            return Term(fold(plain.group()), self.fields[-1])
        if self._take_operator("NOT") or self._take_minus():
            depth = self._deeper(start)
            negation = Not(self._unary())
            self.depth = depth
            return negation
        if operator := self._operator_here():
            self._fail(f"{operator} needs something to search for before it", start, _quote_operator(operator))
        if mistaken := _MISTAKEN_MINUS.match(self.text, self.at):
            hint = "write - to leave articles out, or quotes around the word to search for it"
            self._fail(f"{mistaken.group()!r} before a word is not a minus", start, hint)
        return self._boosts(self._fielded())

    def _fielded(self) -> Query:
        match = _FIELD.match(self.text, self.at)
        if match is None:
            return self._primary()
        name, start = match.group(1).lower(), self.at
        if name not in FIELDS:
            hint = _suggest_field(name)
            self._fail(f"there is no field {match.group(1)!r}", start, hint + r"; write \: to mean the character")
        self.at = match.end()
        if self._ended() or self.text[self.at].isspace() or self.text[self.at] == ")":
            hint = "remove the space" if self._at_operand() else f"write {name}:word"
            self._fail(f"{name}: needs a word, a phrase or a group right behind it", start, hint)
        self._check_behind_field(name, start)
        if name == "date":
            return self._date()
        if self.text[self.at] != "(" and name in KEYWORD_FIELDS:
            return self._keyword(name)
        self.fields.append(name)
        node = self._primary()
        self.fields.pop()
        return node

    def _check_behind_field(self, name: str, start: int) -> None:
        """What would be read as a mere word behind `field:`, though something else is meant."""
        if self._take_minus():
            self._fail(f"the minus belongs before {name}:", self.at - 1, f"write -{name}:word")
        second = _FIELD.match(self.text, self.at)
        if second and second.group(1).lower() in FIELDS:
            self._fail("a word is searched in one field", start, f"write {name}:word {second.group()}word")
        operator = self._operator_here()
        if operator and name not in KEYWORD_FIELDS:
            self._fail(f"{name}: needs a word before {operator}", start, _quote_operator(operator))

    def _primary(self) -> Query:
        character = self.text[self.at] if not self._ended() else ""
        if character == "(":
            return self._group()
        if character and character in _QUOTES:
            return self._phrase()
        return self._word()

    def _group(self) -> Query:
        start = self.at
        depth = self._deeper(start)
        self.at += 1
        self._skip_space()
        if not self._ended() and self.text[self.at] == ")":
            self._fail("this group is empty", start, "put words between the parentheses or remove them")
        if self._ended():
            self._fail("this parenthesis is never closed", start, "add a closing parenthesis")
        node = self._alternatives()
        if self._ended():
            self._fail("this parenthesis is never closed", start, "add a closing parenthesis")
        self.at += 1
        self.depth = depth
        return node

    # --- leaves ---

    def _phrase(self) -> Query:
        start = self.at
        self.at += 1
        raw: list[str] = []
        while not self._ended() and self.text[self.at] not in _QUOTES:
            if self.text[self.at] == "\\" and self.at + 1 < len(self.text):
                self.at += 1
            raw.append(self.text[self.at])
            self.at += 1
        if self._ended():
            self._fail("this phrase is not finished", start, "close the quotes")
        self.at += 1
        if self.fields[-1] in KEYWORD_FIELDS:
            return self._keyword_value("".join(raw), start)
        if match := _PATTERN_IN_PHRASE.search(self.text, start, self.at):
            self._fail(
                "patterns do not work inside quotes", match.start(), f"write \\{match.group()} to mean the character"
            )
        slop = self._slop()
        words = self._words("".join(raw), start, "the phrase")
        return Phrase(words, slop, self.fields[-1])

    def _slop(self) -> int:
        start = self.at
        if not self._take("~"):
            return 0
        match = re.compile(r"\d+").match(self.text, self.at)
        if match is None:
            self._fail("~ behind a phrase needs a number of words", start, 'for instance "one two"~5')
        self.at = match.end()
        self._check_ended(start)
        # Compared by length first: int() of a very long run of digits is refused by Python itself.
        if len(match.group().lstrip("0")) > 4 or int(match.group()) > MAX_SLOP:
            self._fail(f"at most {MAX_SLOP} words may lie between", start, "use a smaller number, or AND")
        return int(match.group())

    def _word(self) -> Query:
        start = self.at
        match = _WORD.match(self.text, self.at)
        if match is None:
            self._fail_at_word()
        raw = match.group()
        self.at = match.end()
        if self.fields[-1] in KEYWORD_FIELDS:
            return self._keyword_value(_unescape(raw), start)
        pattern = _wildcards(raw)
        if pattern is not None:
            return self._pattern(raw, pattern, start)
        words = self._words(_unescape(raw), start, "the word")
        if self._take("~"):
            return self._fuzzy(raw, words, start)
        field = self.fields[-1]
        return Term(words[0], field) if len(words) == 1 else Phrase(words, 0, field, exact=False)

    def _fuzzy(self, raw: str, words: tuple[str, ...], start: int) -> Query:
        match = re.compile(r"\d+").match(self.text, self.at)
        edits = 1
        if match is not None:
            if match.group() not in ("1", "2"):
                self._fail("a word may differ by 1 or 2 letters", self.at, f"write {raw}~1 or {raw}~2")
            edits = int(match.group())
            self.at = match.end()
        self._check_ended(start)
        if len(words) > 1:
            self._fail(f"~ works on one word, {raw!r} holds {len(words)}", start, "put ~ behind each of them")
        return Fuzzy(words[0], edits, self.fields[-1])

    def _pattern(self, raw: str, pattern: str, start: int) -> Query:
        if raw == "*":
            if len(self.fields) > 1:
                self._fail("* alone stands for every article and takes no field", start, "remove the field")
            return MatchAll()
        if self._take("~"):
            self._fail("a pattern takes no ~", self.at - 1, "use either * and ? or ~")
        folded = self._fold_pattern(raw, pattern, start)
        if folded.endswith("*") and not any(c in "*?" for c in folded[:-1]):
            return Prefix(folded[:-1], self.fields[-1])
        return Wildcard(folded, self.fields[-1])

    def _fold_pattern(self, raw: str, pattern: str, start: int) -> str:
        """A pattern with its literal stretches folded, which must not hold more than a part of one word each."""
        stretches: list[str] = []
        for stretch in re.split(r"([*?]+)", pattern):
            if not stretch or stretch[0] in "*?":
                stretches.append(re.sub(r"\*+", "*", stretch))
                continue
            words = [token.word for token in tokenize_query(stretch)]
            if len(words) != 1:
                hint = "search its words with AND, or as a phrase without the pattern"
                self._fail(f"{raw!r} is more than one word, a pattern works inside one", start, hint)
            stretches.append(words[0])
        folded = "".join(stretches)
        if not folded.strip("*?"):
            self._fail(f"the pattern {raw!r} holds no letter", start, "add a letter; * alone finds every article")
        return folded

    def _words(self, text: str, start: int, what: str) -> tuple[str, ...]:
        words = tuple(token.word for token in tokenize_query(text))
        if not words:
            self._fail(f"{what} holds no letter or digit to search for", start, "remove it, or quote the whole phrase")
        return words

    def _keyword(self, field: str) -> Query:
        start = self.at
        if self.text[start] in _QUOTES:
            self.fields.append(field)
            node = self._phrase()
            self.fields.pop()
            return node
        match = _WORD.match(self.text, start)
        if match is None:
            self._fail_at_word()
        self.at = match.end()
        return self._keyword_value(_unescape(match.group()), start, field)

    def _keyword_value(self, value: str, start: int, field: str | None = None) -> Query:
        field = field or self.fields[-1]
        assert field is not None
        lower = value.strip().lower()
        if field == "lang" and not _LANGUAGE_TAG.fullmatch(lower):
            self._fail(f"{value!r} is not a language tag", start, "for instance lang:en or lang:pt-br")
        if field == "lang":
            lower = _usual_tag(lower)
        if field == "id" and not re.fullmatch(r"[0-9a-f]+", lower):
            self._fail(f"{value!r} is not the beginning of an id", start, "ids consist of the digits 0-9 and a-f")
        return Keyword(field, lower)

    def _date(self) -> Query:
        from searchkit.dates import parse_date_range

        start = self.at
        quoted = self.text[self.at] in _QUOTES
        match = re.compile(rf"[^\s()^{_QUOTES}]+").match(self.text, self.at + quoted)
        if match is None:
            self._fail("date: needs a date or a range", start, "for instance date:2017-03 or date:2016..2017")
        self.at = match.end()
        if quoted and (self._ended() or self.text[self.at] not in _QUOTES):
            self._fail("this date is not finished", start, "close the quotes right behind the date")
        self.at += quoted
        try:
            span = parse_date_range(match.group(), self.today)
        except ValueError as error:
            self._fail(str(error), match.start())
        return Undated() if span is None else DateRange(*span)

    def _boosts(self, node: Query) -> Query:
        start = self.at
        if self._take("^"):
            match = _NUMBER.match(self.text, self.at)
            factor = float(match.group()) if match else math.nan
            if match is None or not 0 < factor <= MAX_BOOST:
                self._fail(f"^ needs a number above 0, at most {MAX_BOOST:g}", self.at - 1, "for instance mosul^3")
            self.at = match.end()
            if self.text.startswith("^", self.at):
                self._fail("this has a weight already", self.at, "keep one of the two")
            self._check_ended(start)
            return Boost(node, factor)
        return node

    def _check_ended(self, start: int) -> None:
        """Fail where the next word sticks to a `~2` or `^3` that began at `start` or later."""
        if _WORD.match(self.text, self.at):
            self._fail(
                f"{self.text[start : self.at]!r} is followed directly by {self.text[self.at]!r}",
                self.at,
                "put a space between them",
            )

    # --- scanning ---

    def _ended(self) -> bool:
        return self.at >= len(self.text)

    def _skip_space(self) -> None:
        text, at = self.text, self.at
        while at < len(text) and text[at].isspace():
            at += 1
        self.at = at

    def _take(self, character: str) -> bool:
        taken = self.text.startswith(character, self.at)
        self.at += taken
        return taken

    def _take_minus(self) -> bool:
        """A minus that negates: at the beginning of an operand, with the operand right behind it."""
        follows = self.text[self.at + 1 : self.at + 2]
        return bool(follows) and not follows.isspace() and follows != ")" and self._take("-")

    def _operator_here(self) -> str | None:
        for operator in _OPERATORS:
            if self.text.startswith(operator, self.at):
                after = self.text[self.at + len(operator) : self.at + len(operator) + 1]
                if not after or after.isspace() or after in "()" or after in _QUOTES:
                    return operator
        return None

    def _take_operator(self, wanted: str) -> bool:
        self._skip_space()
        start = self.at
        if not self.text.startswith(wanted, start) or self._operator_here() != wanted:
            return False
        self.at += len(wanted)
        if not self._at_operand():
            self._fail(f"{wanted} needs something to search for behind it", start, _quote_operator(wanted))
        return True

    def _at_operand(self) -> bool:
        """Whether another operand begins here, behind any space; an operator that begins one counts."""
        self._skip_space()
        return not self._ended() and self.text[self.at] != ")" and self._operator_here() not in ("AND", "OR")

    def _deeper(self, start: int) -> int:
        """Enter one more level; returns the level to come back to."""
        before = self.depth
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise QueryLimitError(
                f"the query is nested deeper than {MAX_DEPTH} levels (at column {start + 1}); remove parentheses"
            )
        return before

    def _fail_at_word(self) -> NoReturn:
        if self._ended():
            self._fail("something to search for is missing here", self.at, "add a word or a phrase")
        character = self.text[self.at]
        if character == "\\":
            self._fail("a backslash at the end escapes nothing", self.at, r"remove it, or write \\ to mean it")
        self._fail(f"{character!r} has nothing before it to apply to", self.at, f"write \\{character} to mean it")

    def _fail(self, message: str, column: int, hint: str = "") -> NoReturn:
        raise QuerySyntaxError(message, self.text, column, hint)


def _and(children: list[Query]) -> Query:
    return children[0] if len(children) == 1 else And(tuple(children))


def _only_selects(node: Query) -> bool:
    """Whether a node holds no word that is looked for: it narrows the search and takes no part in `any_word`."""
    match node:
        case Not() | DateRange() | Undated() | Keyword():
            return True
        case Boost(child=child):
            return _only_selects(child)
        case And(children=children) | Or(children=children):
            return all(map(_only_selects, children))
    return False


def _unescape(raw: str) -> str:
    return re.sub(r"\\(.)", r"\1", raw, flags=re.DOTALL) if "\\" in raw else raw


def _wildcards(raw: str) -> str | None:
    """A word with wildcards, other escapes taken away; None for a word without any.

    An escaped wildcard is punctuation like any other, which is not indexed: it becomes a space.
    """
    if not re.search(r"(?<!\\)(?:\\\\)*[*?]", raw):
        return None
    return re.sub(r"\\(.)", lambda m: " " if m.group(1) in "*?" else m.group(1), raw, flags=re.DOTALL)


def _suggest_field(name: str) -> str:
    from rapidfuzz import process

    near = process.extractOne(name, FIELDS, score_cutoff=60)
    known = "fields are " + ", ".join(FIELDS)
    return f"did you mean {near[0]}:? {known}" if near else known


def _quote_operator(operator: str) -> str:
    return f'write "{operator.lower()}" in quotes to search for the word'


def _usual_tag(tag: str) -> str:
    """A language tag as articles have it, in lower case: `en` for `eng`. What only begins like a tag stays as it is."""
    from searchkit.languagetags import language_tag

    try:
        return (language_tag(tag) or tag).lower()
    except ValueError:
        return tag
