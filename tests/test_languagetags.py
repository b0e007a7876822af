"""Tests of languagetags: the usual spelling of stated tags."""

from __future__ import annotations

import pytest

from searchkit.languagetags import language_tag


@pytest.mark.parametrize(
    ("stated", "tag"),
    [
        ("en", "en"),
        ("EN-us", "en-US"),
        (" pt_br ", "pt-BR"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("es-419", "es-419"),
        ("de-CH-1996", "de-CH-1996"),
        ("sl-ROZAJ", "sl-rozaj"),
        ("fr-x-quebec", "fr-x-quebec"),
        ("en-u-ca-buddhist", "en-u-ca-buddhist"),
    ],
)
def test_a_tag_gets_its_usual_case(stated: str, tag: str) -> None:
    """Script in title case, region in capitals, the rest in lower case (RFC 5646, 2.1.1)."""
    assert language_tag(stated) == tag


@pytest.mark.parametrize(
    ("stated", "tag"),
    [("eng", "en"), ("fre", "fr"), ("fra-CA", "fr-CA"), ("run", "rn"), ("yor", "yo"), ("iw", "he"), ("in", "id")],
)
def test_a_language_with_a_shorter_or_newer_code_has_that(stated: str, tag: str) -> None:
    """Codes of three letters, those of libraries too, and retired ones become the one code of BCP 47."""
    assert language_tag(stated) == tag


@pytest.mark.parametrize("stated", ["pcm", "haw", "ckb"])
def test_a_language_without_a_code_of_two_letters_keeps_its_three(stated: str) -> None:
    """Most languages have a code of three letters only."""
    assert language_tag(stated) == stated


def test_undetermined_is_none() -> None:
    """`und` states that the language is not known."""
    assert language_tag("und") is None
    assert language_tag("und-Latn") is None


@pytest.mark.parametrize("stated", ["", "English", "e", "en-", "en us", "١٢", "en-USA1"])
def test_what_is_no_tag_is_an_error(stated: str) -> None:
    """A name of a language is no tag of it."""
    with pytest.raises(ValueError):
        language_tag(stated)
