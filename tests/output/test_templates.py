r"""`--template`: what it fills, and that what it cannot fill is refused before the first hit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.engine import Hit
from searchkit.errors import OutputError
from searchkit.output.templates import KEYS, Template
from tests.output.samples import RUSSIA, hostile_hit, sample_hits

FIRST, SECOND, THIRD = sample_hits()


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{score:.2f} {title}", "4.71 " + RUSSIA.title),
        ("{rank:03d}|{publisher:>5}|{publisher:<5}|", "001|  CNN|CNN  |"),
        ("{published}{dek}{url}", ""),
        ("{authors}", "Tim Lister; Radina Gigova; Barbara Starr; Ryan Brown"),
        ("{matched_in}", "title; body; links"),
        ("{title_spans}", "45-50"),
        ("{path}#{record}", "seeds/004_4ddfc6bcc6cd5d23.txt#"),
        (r"a\tb\nc\0d\\t{{x}}", "a\tb\nc\0d\\t{x}"),
        ("[sic] [/photo]", "[sic] [/photo]"),
        ("", ""),
    ],
)
def test_a_template_is_filled(template, text):
    """Keys, specs, escapes and braces come out as in `str.format`; unknown values are empty, lists joined."""
    assert Template(template).render(FIRST) == text


def test_lists_of_parts():
    """Snippets give their text, links their headline."""
    snippets = Template("{snippets}").render(FIRST)
    first, second = (snippet.text.replace("\n", " ") for snippet in FIRST.snippets)
    assert snippets == f"{first}; {second}"
    assert Template("{links}").render(FIRST).endswith("; Mosul airport opens; Mosul museum")


def test_path_is_named_as_asked():
    """`display_path` decides the path; its spaces are kept."""
    assert Template("{path}").render(THIRD, lambda article: "/a  b\n") == r"/a  b\n"
    spaced = replace(THIRD, article=replace(THIRD.article, source="a  b\t"))
    assert Template("{source}").render(spaced) == r"a  b\t"


def test_lines_end_as_asked():
    """Each hit ends with a line end or NUL."""
    assert list(Template("{rank}").lines(sample_hits())) == ["1\n", "2\n", "100\n"]
    assert list(Template("{rank}").lines([FIRST], end="\0")) == ["1\0"]


@pytest.mark.parametrize(
    ("template", "part"),
    [
        ("{titel}", "did you mean {title}?"),
        ("{Score}", "did you mean {score}?"),
        ("{zzzzzz}", "(known keys: rank, id, score"),
        ("{}", "has no name"),
        ("{0}", "has no name"),
        ("{title.upper}", "write {title}"),
        ("{title.__class__.__mro__}", "write {title}"),
        ("{authors[0]}", "write {authors}"),
        ("{title!r}", "conversions are not known"),
        ("{title:.2f}", "cannot format the text {title}"),
        ("{score:d}", "cannot format the number {score}"),
        ("{rank:s}", "cannot format the number {rank}"),
        ("{title:{rank}}", "only plain widths"),
        ("{title:99999999999}", "only plain widths"),
        ("{title", "is not finished"),
        ("title}", "is not finished"),
        (r"a\d", "is not known"),
        ("a\\", "is not known"),
        ("{\x1b[31m}", r"\x1b[31m"),
    ],
)
def test_a_bad_template_is_refused(template, part):
    """A template that cannot be filled raises when it is made, with the trouble and the next step."""
    with pytest.raises(OutputError) as caught:
        Template(template)
    assert part in str(caught.value)
    assert "\x1b" not in str(caught.value)


@given(st.lists(st.sampled_from([*"{}!:.[]0adfs<>^\\n\x1b", *KEYS]), max_size=12).map("".join))
def test_any_template_is_filled_or_refused(text):
    """Whatever is typed either is refused at once or works for every hit."""
    try:
        template = Template(text)
    except OutputError:
        return
    for hit in (FIRST, SECOND, hostile_hit(), Hit(1, float("nan"), RUSSIA)):
        assert isinstance(template.render(hit), str)


@pytest.mark.parametrize("key", KEYS)
def test_every_key_can_be_printed(key):
    """Each key prints for a hit with everything and for one with nothing."""
    assert "{" not in Template(f"{{{key}}}").render(hostile_hit())
    assert "None" not in Template(f"{{{key}}}").render(Hit(1, float("nan"), RUSSIA))
