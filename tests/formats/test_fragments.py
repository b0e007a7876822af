"""HTML inside of other documents, as text."""

from __future__ import annotations

import pytest

from searchkit.formats._page.fragments import fragment_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain  text", "plain text"),
        ("one\ntwo\n\n three", "one two\n\nthree"),
        ("a &amp; b &#8211; c", "a & b – c"),
        ("a < b", "a < b"),
        ("<p>A</p><p>B <i>c</i>d</p>tail", "A\n\nB cd\n\ntail"),
        ("a<br>b<ul><li>x</li><li>y</li></ul>z", "a b\n\nx\n\ny\n\nz"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n\n3"),
        ("x<script>evil()</script><style>p{}</style>y<iframe>z</iframe>", "xy"),
        ("<svg><text>no</text></svg>yes", "yes"),
        ("unclosed <p>A <b>b", "unclosed\n\nA b"),
        ("<p>a\x00\x1bb</p>", "ab"),
        ("<!-- c -->", ""),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_fragments(markup: str, text: str) -> None:
    """Blocks become paragraphs, what a reader does not see goes, entities become their characters."""
    assert fragment_text(markup) == text


def test_a_fragment_too_deep_is_refused() -> None:
    """Elements in one another are limited as in pages."""
    with pytest.raises(ValueError, match="deep"):
        fragment_text("<div>" * 2000 + "x")
