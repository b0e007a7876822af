"""The query language, version 1: what is typed, what it means, and how it fails."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchkit.analysis import tokenize_query
from searchkit.errors import QueryLimitError, QuerySyntaxError
from searchkit.query import (
    NAME_FIELDS,
    TEXT_FIELDS,
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
from searchkit.queryparser import MAX_BOOST, MAX_DEPTH, MAX_LENGTH_BYTES, MAX_SLOP, parse_query

TODAY = date(2017, 4, 3)
A, B, C, D = Term("a"), Term("b"), Term("c"), Term("d")


def parse(text: str, *, any_word: bool = False, field: str | None = None) -> Query:
    return parse_query(text, any_word=any_word, field=field, today=TODAY)


def failure(text: str) -> QuerySyntaxError:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(text)
    return caught.value


# --- the table of the language -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("mosul airstrike", And((Term("mosul"), Term("airstrike")))),
        ("mosul AND airstrike", And((Term("mosul"), Term("airstrike")))),
        ("mosul OR raqqa", Or((Term("mosul"), Term("raqqa")))),
        ("mosul AND NOT raqqa", And((Term("mosul"), Not(Term("raqqa"))))),
        ("mosul -raqqa", And((Term("mosul"), Not(Term("raqqa"))))),
        ('"civilian deaths"', Phrase(("civilian", "deaths"))),
        ('"pentagon airstrikes"~5', Phrase(("pentagon", "airstrikes"), 5)),
        ('"mosul"', Phrase(("mosul",))),
        ("title:mosul", Term("mosul", "title")),
        ("title:(a OR b)", Or((Term("a", "title"), Term("b", "title")))),
        ('links:"mass grave"', Phrase(("mass", "grave"), field="links")),
        ("air*", Prefix("air")),
        ("m?sul", Wildcard("m?sul")),
        ("*strike", Wildcard("*strike")),
        ("author:dit*", Prefix("dit", "author")),
        ("mosull~", Fuzzy("mosull", 1)),
        ("mosull~1", Fuzzy("mosull", 1)),
        ("mosull~2", Fuzzy("mosull", 2)),
        ("date:2017", DateRange(date(2017, 1, 1), date(2017, 12, 31))),
        ("date:2017-03", DateRange(date(2017, 3, 1), date(2017, 3, 31))),
        ("date:2017-03-17..2017-04", DateRange(date(2017, 3, 17), date(2017, 4, 30))),
        ("date:..2016", DateRange(None, date(2016, 12, 31))),
        ("date:2w..", DateRange(date(2017, 3, 20), None)),
        ('date:"2017"', DateRange(date(2017, 1, 1), date(2017, 12, 31))),
        ("date:none", Undated()),
        ("mosul^3", Boost(Term("mosul"), 3.0)),
        ("(a b)^0.5", Boost(And((A, B)), 0.5)),
        ('"a b"~2^1e2', Boost(Phrase(("a", "b"), 2), 100.0)),
        ("*", MatchAll()),
        ("* -raqqa", And((MatchAll(), Not(Term("raqqa"))))),
        ("lang:EN", Keyword("lang", "en")),
        ("lang:eng", Keyword("lang", "en")),
        ("lang:iw-IL", Keyword("lang", "he-il")),
        ('lang:"pt-BR"', Keyword("lang", "pt-br")),
        ("lang:(en OR de)", Or((Keyword("lang", "en"), Keyword("lang", "de")))),
        ("id:3F2a", Keyword("id", "3f2a")),
        ("PATH:seeds/004", Phrase(("seeds", "004"), 0, "path", exact=False)),
    ],
)
def test_the_language(text: str, tree: Query) -> None:
    """Each form of the language gives its node."""
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a b OR c d", Or((And((A, B)), And((C, D))))),
        ("a OR b AND c", Or((A, And((B, C))))),
        ("NOT a b", And((Not(A), B))),
        ("NOT (a b)", Not(And((A, B)))),
        ("--a", Not(Not(A))),
        ("-(a OR -b)", Not(Or((A, Not(B))))),
        ("NOT -a^2", Not(Not(Boost(A, 2.0)))),
        ("(a)(b)", And((A, B))),
        ("a(b)c", And((A, B, C))),
        ("NOT(a)", Not(A)),
        ('a OR"b"', Or((A, Phrase(("b",))))),
        ("  ( a\tOR\n b )  ", Or((A, B))),
        ("a AND (b AND c)", And((A, And((B, C))))),
        ("title:(a author:b links:(c))", And((Term("a", "title"), Term("b", "author"), Term("c", "links")))),
        ("-title:a", Not(Term("a", "title"))),
        ("title:(-a)", Not(Term("a", "title"))),
        ("and or not", And((Term("and"), Term("or"), Term("not")))),
        ("ANDROID NOTE ORB", And((Term("android"), Term("note"), Term("orb")))),
    ],
)
def test_precedence_and_grouping(text: str, tree: Query) -> None:
    """NOT binds before AND, AND before OR; operators are upper case; fields reach into groups, inner ones first."""
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("al-Qaeda", Phrase(("al", "qaeda"), exact=False)),
        ("10:30", Phrase(("10", "30"), exact=False)),
        ("l'homme", Phrase(("l", "homme"), exact=False)),
        ("O'Brien", Term("obrien")),
        ("U.S.", Term("us")),
        ("Ärzte", Term("arzte")),
        ("a- b", And((A, B))),
        ("a! (really)", And((A, Term("really")))),
        ("日本語", Phrase(("日本", "本語"), exact=False)),
        ("日", Term("日")),
        ("日*", Prefix("日")),
        ("AIR*", Prefix("air")),
        ("a**b***", Wildcard("a*b*")),
        ("?a", Wildcard("?a")),
        ("don't*", Prefix("dont")),
    ],
)
def test_words_are_analysed(text: str, tree: Query) -> None:
    """Words are folded as in the index; a written word which holds several is a phrase with inflections."""
    assert parse(text) == tree


@pytest.mark.parametrize("quoted", ["“a b”", "„a b“", "«a b»", "＂a b＂", '"a b”', "‟a b″"])
def test_typographic_quotes_are_quotes(quoted: str) -> None:
    """Quotes of all kinds open and close phrases."""
    assert parse(quoted) == Phrase(("a", "b"))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        (r"\AND", Term("and")),
        (r"\-a", A),
        (r"\–a", A),
        (r"title\:a", Phrase(("title", "a"), exact=False)),
        (r"a\*", A),
        (r"a\*b*", None),
        (r"\(a\)", A),
        (r"a\ b", Phrase(("a", "b"), exact=False)),
        (r"a\~2", Phrase(("a", "2"), exact=False)),
        (r'"say \"a\" b"', Phrase(("say", "a", "b"))),
        (r'"a\*b"', Phrase(("a", "b"))),
        (r'"a \\"', Phrase(("a",))),
        (r"a\\*", Prefix("a")),
    ],
)
def test_a_backslash_escapes(text: str, tree: Query | None) -> None:
    """An escaped character is itself, and thus punctuation; None: an error, as a pattern works inside one word."""
    if tree is None:
        assert "more than one word" in failure(text).message
    else:
        assert parse(text) == tree


def test_a_question_at_the_end_of_a_phrase_is_no_pattern() -> None:
    """Quoted questions are phrases."""
    assert parse('"who did it?"') == Phrase(("who", "did", "it"))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a b", Or((A, B))),
        ("a", A),
        ("a AND b c", Or((And((A, B)), C))),
        ("a b OR c", Or((Or((A, B)), C))),
        ("a b -c", And((Or((A, B)), Not(C)))),
        ("a date:none", And((A, Undated()))),
        ("a b lang:en date:none^2", And((Or((A, B)), Keyword("lang", "en"), Boost(Undated(), 2.0)))),
        ("a (date:none OR lang:en) b", And((Or((A, B)), Or((Undated(), Keyword("lang", "en")))))),
        ("lang:en -a", And((Keyword("lang", "en"), Not(A)))),
        ('"a b" c', Or((Phrase(("a", "b")), C))),
    ],
)
def test_any_word_joins_by_or(text: str, tree: Query) -> None:
    """With `any_word` words side by side stand for one another; explicit ANDs hold, and so does what only selects."""
    assert parse(text, any_word=True) == tree


def test_the_default_field_is_searched_by_words_without_one() -> None:
    """`field` goes to words, phrases and patterns that name none; what takes no words is untouched."""
    tree = parse('a "b" c* links:d date:none *', field="title")
    fielded = Term("a", "title"), Phrase(("b",), 0, "title"), Prefix("c", "title")
    assert tree == And((*fielded, Term("d", "links"), Undated(), MatchAll()))


@pytest.mark.parametrize("field", ["date", "lang", "id", "titel", ""])
def test_the_default_field_holds_words(field: str) -> None:
    """Fields without words, and unknown ones, cannot be searched by default."""
    with pytest.raises(QuerySyntaxError, match="not a field of words"):
        parse("a", field=field)


def test_relative_dates_count_from_today_in_utc() -> None:
    """Without `today` the current day is taken."""
    tree = parse_query("date:today")
    assert isinstance(tree, DateRange)
    assert tree.start == tree.end
    assert tree.start is not None
    assert tree.start > date(2024, 1, 1)


# --- errors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("", 0, "query is empty", "write *"),
        (" \t", 0, "query is empty", "write *"),
        ("a AND", 2, "AND needs something to search for behind it", '"and" in quotes'),
        ("a OR ", 2, "OR needs something to search for behind it", '"or" in quotes'),
        ("a OR OR b", 2, "OR needs something to search for behind it", '"or" in quotes'),
        ("NOT", 0, "NOT needs something to search for behind it", '"not" in quotes'),
        ("(a AND) b", 3, "AND needs something to search for behind it", '"and" in quotes'),
        ("OR a", 0, "OR needs something to search for before it", '"or" in quotes'),
        ("a (AND b)", 3, "AND needs something to search for before it", '"and" in quotes'),
        ("(a", 0, "never closed", "add a closing"),
        ("a (", 2, "never closed", "add a closing"),
        ("()", 0, "group is empty", "put words between"),
        ("a ( )", 2, "group is empty", "put words between"),
        ("a) b", 1, "closes nothing", r"write \)"),
        (")", 0, "has nothing before it", r"write \)"),
        ('a "b', 2, "phrase is not finished", "close the quotes"),
        ('"', 0, "phrase is not finished", "close the quotes"),
        ('"…"', 0, "the phrase holds no letter or digit", "remove it"),
        ("a &&", 2, "the word holds no letter or digit", "remove it"),
        ("a - b", 2, "the word holds no letter or digit", "remove it"),
        ("titel:a", 0, "there is no field 'titel'", "did you mean title:?"),
        ("a colour:b", 2, "there is no field 'colour'", "fields are title, dek, body"),
        ("http://x", 0, "there is no field 'http'", r"write \:"),
        ("title: a", 0, "title: needs a word", "remove the space"),
        ("title:", 0, "title: needs a word", "write title:word"),
        ("(title:)", 1, "title: needs a word", "write title:word"),
        ("title:*", 6, "takes no field", "remove the field"),
        ("title:(*)", 7, "takes no field", "remove the field"),
        ("title:-a", 6, "minus belongs before title:", "write -title:word"),
        ("title:links:a", 0, "one field", "write title:word links:word"),
        ("title:NOT a", 0, "title: needs a word before NOT", '"not" in quotes'),
        ("date:foo", 5, "'foo' is not a date", ""),
        ("a date:2017-13", 7, "no month 13", ""),
        ("date:2018..2017", 5, "ends (2017-12-31) before it starts", ""),
        ("date:(2017)", 5, "needs a date or a range", "for instance"),
        ('date:"2017', 5, "date is not finished", "close the quotes"),
        ("lang:x!", 5, "not a language tag", "lang:en"),
        ("id:xyz", 3, "not the beginning of an id", "0-9 and a-f"),
        ("a–b –c", 4, "is not a minus", "write - to leave"),
        ("!a", 0, "is not a minus", "write - to leave"),
        ('"a b"~', 5, "needs a number of words", "~5"),
        (f'"a b"~{MAX_SLOP + 1}', 5, "at most 1000 words", "smaller"),
        ('"a b"~' + "9" * 5000, 5, "at most 1000 words", "smaller"),
        ("a~3", 2, "1 or 2 letters", "a~1"),
        ("a~0.5", 2, "1 or 2 letters", "a~1"),
        ("a~x", 2, "followed directly by 'x'", "put a space"),
        ("a~1.5", 3, "followed directly by '.'", "put a space"),
        ('"a b"~5c', 7, "followed directly by 'c'", "put a space"),
        ("a^3b", 3, "followed directly by 'b'", "put a space"),
        ("al-q~", 0, "~ works on one word, 'al-q' holds 2", "behind each"),
        ("a*~", 2, "a pattern takes no ~", "use either"),
        ("al-q*", 0, "more than one word", "with AND"),
        ("日本語*", 0, "more than one word", "with AND"),
        ("a ?*", 2, "holds no letter", "add a letter"),
        ('"air* raid"', 4, "inside quotes", r"write \*"),
        ('"m?sul"', 2, "inside quotes", r"write \?"),
        ("a^", 1, "number above 0", "mosul^3"),
        ("a^0", 1, "number above 0", "mosul^3"),
        ("a^-1", 1, "number above 0", "mosul^3"),
        (f"a^{MAX_BOOST + 1:g}", 1, "at most 1000", "mosul^3"),
        ("a^1e999", 1, "at most 1000", "mosul^3"),
        ("a^2^3", 3, "has a weight already", "keep one"),
        ("a ~2", 2, "'~' has nothing before it", r"write \~"),
        ("^2", 0, "'^' has nothing before it", r"write \^"),
        ("a \\", 2, "backslash at the end", "remove it"),
    ],
)
def test_errors_name_the_place_the_trouble_and_the_next_step(text: str, column: int, message: str, hint: str) -> None:
    """Whatever cannot be meant fails, with its column, a message and a hint."""
    error = failure(text)
    assert (error.query, error.column) == (text, column)
    assert message in error.message
    assert hint in error.hint


def test_the_text_of_an_error_holds_message_column_and_hint() -> None:
    """An error reads well on its own, and counts columns from 1 for people."""
    assert str(failure("a (")) == "this parenthesis is never closed (column 3 of the query); add a closing parenthesis"


@pytest.mark.parametrize("text", ["a" * (MAX_LENGTH_BYTES + 1), "é" * (MAX_LENGTH_BYTES // 2 + 1)])
def test_a_query_is_not_longer_than_the_limit(text: str) -> None:
    """The limit counts bytes, and is named."""
    with pytest.raises(QueryLimitError, match="10,000"):
        parse(text)


def test_a_query_may_be_as_long_as_the_limit() -> None:
    """A query of exactly the limit parses."""
    assert isinstance(parse("a " * (MAX_LENGTH_BYTES // 2)), And)


@pytest.mark.parametrize("opening", ["(", "-", "NOT ", "-(", "title:("])
def test_depth_is_limited(opening: str) -> None:
    """64 levels of groups and negations parse, 65 and thousands are an error that names the limit."""
    levels = 2 if opening == "-(" else 1
    for count in (MAX_DEPTH // levels, MAX_DEPTH // levels + 1, (MAX_LENGTH_BYTES - 10) // (len(opening) + 1)):
        text = opening * count + "a" + ")" * count * ("(" in opening)
        if count * levels <= MAX_DEPTH:
            assert parse(str(parse(text))) == parse(text)
        else:
            with pytest.raises(QueryLimitError, match="deeper than 64"):
                parse(text)


def test_levels_are_left_again() -> None:
    """Depth counts what is open, not what has been closed."""
    assert isinstance(parse("(a) -b " * 200), And)


# --- properties --------------------------------------------------------------------------------------------------

PIECES = (
    *("a", "Mosul", "al-qaeda", "日本語", "日", "é", "l'homme", "U.S.", "1", "2017", "s", "ʼ", "…", "–"),
    *(
        "(",
        ")",
        '"',
        "”",
        "«",
        "AND",
        "OR",
        "NOT",
        " ",
        "  ",
        "\n",
        "-",
        "\\",
        "*",
        "?",
        "~",
        "~2",
        "^",
        "^3",
        "^.5",
        ":",
    ),
    *(
        "title:",
        "links:",
        "author:",
        "lang:",
        "id:",
        "date:",
        "foo:",
        "date:2017",
        "date:none",
        "date:2w..",
        "..",
        "en",
    ),
)
QUERY_LIKE = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
TEXTS = QUERY_LIKE | st.text(max_size=60)


@given(TEXTS, st.booleans(), st.sampled_from([None, "title", "author"]))
@example('"a" -', False, None)
@example("lang:…", True, None)
def test_any_text_parses_or_fails_inside(text: str, any_word: bool, field: str | None) -> None:
    """Any text gives a tree, or an error whose column lies inside of it."""
    try:
        parse(text, any_word=any_word, field=field)
    except QuerySyntaxError as error:
        assert error.query == text
        assert 0 <= error.column < max(len(text), 1)
        assert error.message
    except QueryLimitError:
        assert text.count("-") + text.count("NOT") + text.count("(") > MAX_DEPTH


@given(QUERY_LIKE, st.booleans(), st.sampled_from([None, "title", "author"]))
def test_a_parsed_tree_prints_to_text_that_parses_to_it(text: str, any_word: bool, field: str | None) -> None:
    """Printing what was parsed and parsing it again gives the same tree, whatever the options were."""
    try:
        tree = parse(text, any_word=any_word, field=field)
    except QuerySyntaxError:
        return
    assert parse(str(tree)) == tree


def _is_one_word(text: str) -> bool:
    return [token.word for token in tokenize_query(text)] == [text]


WORDS = st.one_of(
    st.sampled_from(
        ["mosul", "strike", "us", "日本", "語", "한국", "and", "or", "not", "2017", "الموصل", "l", "s", "date"]
    ),
    st.text(min_size=1, max_size=6).flatmap(lambda t: st.sampled_from([k.word for k in tokenize_query(t)] or ["a"])),
).filter(_is_one_word)
FIELDS = st.sampled_from([None, *TEXT_FIELDS, *NAME_FIELDS])
DATES = st.none() | st.dates()
FACTORS = st.floats(min_value=0, max_value=MAX_BOOST, exclude_min=True) | st.sampled_from([0.5, 2.0, 3.0])


def _phrase(words: list[str], slop: int, field: str | None, exact: bool) -> Phrase:
    return (
        Phrase(tuple(words), slop, field) if exact or len(words) == 1 else Phrase(tuple(words), 0, field, exact=False)
    )


def _range(start: date | None, end: date | None) -> Query:
    if start is None and end is None:
        return Undated()
    return DateRange(*sorted((start, end))) if start and end else DateRange(start, end)


def _wildcard(first: str, mark: str, last: str, field: str | None) -> Query:
    return Wildcard(first + mark + last, field)


LEAVES: st.SearchStrategy[Query] = st.one_of(
    st.builds(Term, WORDS, FIELDS),
    st.builds(_phrase, st.lists(WORDS, min_size=1, max_size=4), st.integers(0, MAX_SLOP), FIELDS, st.booleans()),
    st.builds(Prefix, WORDS, FIELDS),
    st.builds(_wildcard, WORDS, st.sampled_from(["?", "*", "??", "?*", "*?*"]), WORDS, FIELDS),
    st.builds(_wildcard, st.sampled_from(["?", "*", "*?"]), st.just(""), WORDS, FIELDS),
    st.builds(Fuzzy, WORDS, st.sampled_from([1, 2]), FIELDS),
    st.builds(Keyword, st.just("lang"), st.sampled_from(["en", "pt-br", "or"])),
    st.builds(Keyword, st.just("id"), st.text("0123456789abcdef", min_size=1, max_size=20)),
    st.builds(_range, DATES, DATES),
    st.just(MatchAll()),
)
TREES: st.SearchStrategy[Query] = st.recursive(
    LEAVES,
    lambda trees: st.one_of(
        st.builds(And, st.lists(trees, min_size=2, max_size=4).map(tuple)),
        st.builds(Or, st.lists(trees, min_size=2, max_size=4).map(tuple)),
        st.builds(Not, trees),
        st.builds(Boost, trees, FACTORS),
    ),
    max_leaves=12,
)


@given(TREES)
def test_a_tree_prints_to_text_that_parses_to_it(tree: Query) -> None:
    """Every tree that engines may be given can be written in the query language."""
    assert parse(str(tree)) == tree
