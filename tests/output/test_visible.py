"""The output boundary alone: what is escaped, what stays, and that spans stay on their characters."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.output import visible
from tests.output.samples import HOSTILE

_NASTY = "\x00\x07\x1b\x7f\x85\x9b\u202e\u2066\u2028\u2029\udc9b\ud800\U000e0041\ufeff\t\r\n  [a"
ANY_TEXT = st.text(alphabet=st.one_of(st.sampled_from(_NASTY), st.characters()), max_size=40)
SPANS = (
    st.lists(st.integers(0, 40), max_size=8, unique=True)
    .map(sorted)
    .map(lambda cuts: list(zip(cuts[::2], cuts[1::2], strict=False)))
)


def is_dangerous(char: str) -> bool:
    """Whether a character could command or deceive a terminal, told from the Unicode database alone."""
    return (
        (unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") and char != "\n")
        or unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        or 0xE0000 <= ord(char) <= 0xE007F
    )


@pytest.mark.parametrize("make_visible", [visible.visible_line, visible.visible_path])
@given(text=ANY_TEXT)
def test_one_line_holds_nothing_dangerous_and_no_line_end(make_visible, text):
    """A visible line or path holds no dangerous character and no line end."""
    shown = make_visible(text)
    assert not any(is_dangerous(char) for char in shown)
    assert "\n" not in shown


@given(text=ANY_TEXT)
def test_text_holds_nothing_dangerous(text):
    """Visible text holds no dangerous character besides the line end."""
    assert not any(is_dangerous(char) for char in visible.visible_text(text))


def test_every_code_point():
    """Each dangerous code point of Unicode is escaped, by every variant."""
    dangerous = "".join(char for char in map(chr, range(0x110000)) if is_dangerous(char))
    assert len(dangerous) > 2048
    for make_visible in (visible.visible_line, visible.visible_text, visible.visible_path):
        assert not any(is_dangerous(char) for char in make_visible(dangerous))
    assert not any(is_dangerous(char) for char in visible.json_safe(json.dumps(dangerous, ensure_ascii=False)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", r"\x1b[31m"),
        ("\x9b2J", r"\x9b2J"),
        ("a\x00b\x7f", r"a\x00b\x7f"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\udcff", r"\udcff"),
        ("\U000e0041", r"\U000e0041"),
        ("\ufeffBOM", r"\ufeffBOM"),
        ("a \r\n\t b\u2028c\u2029d", "a b c d"),
        ("two  spaces", "two spaces"),
        ("a\tb", "a b"),
        (r"C:\x1b", r"C:\x1b"),
    ],
)
def test_a_line_is_escaped_as_expected(text, shown):
    """Controls become short escapes, a run of white space one space, a backslash stays."""
    assert visible.visible_line(text) == shown


def test_text_keeps_its_lines():
    """All kinds of line ends become newlines, a tab four spaces, and double spaces stay."""
    assert visible.visible_text("a\r\nb\rc\u2028d\x0be\n\n\tf  g\x1b") == "a\nb\nc\nd\ne\n\n    f  g\\x1b"


def test_a_path_keeps_its_spaces():
    """Spaces of a path are kept, so that it can be used; tabs and line ends are escaped."""
    assert visible.visible_path("a  b\t c\n\u2028\udcff.txt") == r"a  b\t c\n\u2028\udcff.txt"


@pytest.mark.parametrize(
    "text",
    [
        "naïve café – “quotes”",
        "می\u200cخواهم",
        "👩\u200d👩\u200d👧",
        "\u200fعربي\u061c",
        "ភាសា\u200bខ្មែរ",
        "北京　新闻",
        "a\u00a0b",
    ],
)
def test_what_scripts_and_emoji_need_is_kept(text):
    """Joiners, direction marks and zero-width spaces pass unchanged."""
    assert visible.visible_line(text) == visible.visible_text(text) == text


@given(text=ANY_TEXT, spans=SPANS)
def test_spans_of_a_line_survive(text, spans):
    """Each span covers afterwards what its own characters became."""
    _check_spans(visible.visible_line, visible.visible_line_spans, text, spans)


@given(text=ANY_TEXT, spans=SPANS)
def test_spans_of_a_text_survive(text, spans):
    """Each span covers afterwards what its own characters became, line ends included."""
    _check_spans(visible.visible_text, visible.visible_text_spans, text, spans)


def _check_spans(make_visible, make_visible_spans, text, spans):
    shown, moved = make_visible_spans(text, spans)
    inside = [(start, min(end, len(text))) for start, end in spans if start < len(text)]
    assert shown == make_visible(text)
    assert len(moved) == len(inside)
    assert all(0 <= start < end <= len(shown) for start, end in moved)
    for (start, end), (shown_start, shown_end) in zip(inside, moved, strict=True):
        assert shown[shown_start:shown_end] == make_visible(text[start:end])


def test_spans_move_behind_escapes():
    """A span behind an escape sequence stays on its word, one inside a run of white space covers the space."""
    assert visible.visible_line_spans("\x1bMosul  now", [(1, 6), (6, 7)]) == (r"\x1bMosul now", [(4, 9), (9, 10)])


def test_spans_are_cut_to_the_text():
    """Spans outside of the text are cut or dropped."""
    assert visible.visible_line_spans("abc", [(-1, 2), (2, 9), (5, 6), (1, 1)])[1] == [(0, 2), (2, 3)]


@given(value=st.recursive(st.text(max_size=20) | ANY_TEXT.filter(lambda t: "\ud800" not in t), st.lists, max_leaves=5))
def test_json_keeps_the_data(value):
    """JSON made safe parses back to the same data and holds nothing dangerous."""
    text = visible.json_safe(json.dumps(value, ensure_ascii=False))
    assert json.loads(text) == value
    assert not any(is_dangerous(char) for char in text)


def test_json_stays_readable():
    """Letters of all scripts stay as they are in JSON; a tag character is a pair of escapes."""
    assert (
        visible.json_safe('"Mossoul, الموصل, 摩苏尔 \U000e0041\x9b"') == r'"Mossoul, الموصل, 摩苏尔 \udb40\udc41\u009b"'
    )


def test_hostile_sample_is_hostile():
    """The sample that the other tests use holds each kind of danger."""
    kinds = {unicodedata.category(char) for char in HOSTILE if is_dangerous(char)}
    assert kinds == {"Cc", "Cs", "Cf", "Zl", "Zp"}
