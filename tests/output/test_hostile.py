"""Hostile text in every place, through every renderer: nothing dangerous comes out, nothing is lost or interpreted."""

from __future__ import annotations

import dataclasses
import re
import typing

import pytest
from hypothesis import given, settings

from searchkit.engine import SearchResult
from searchkit.output import Highlights, jsons, paths, plain, summary, tables, templates, terminal, visible
from tests.output.samples import HOSTILE, hostile_hit, hostile_report, hostile_stats
from tests.output.test_visible import ANY_TEXT, is_dangerous

_OWN_SGR = re.compile(r"\x1b\[(?:0|1|2|36|1;31)m")  # these and no others; the hostile text uses another
_OWN_LINK = re.compile(r"\x1b\]8;;(?:file://host/[!-~]*)?\x1b\\")
_TEMPLATE = "\n".join(f"{{{key}}}" for key in templates.KEYS)
ON_A_TERMINAL = {"terminal", "terminal, no colour", "terminal, narrow", "show", "show, no colour", "stats"}


def _link(article):
    return paths.file_uri("/" + article.file, "host")


def _screen(**changes):
    return terminal.Screen(**{"width": 60, "file_uri": _link, **changes})


def _result(hit):
    return SearchResult([hit], total=1)


def _without_tabs(line, tabs):
    """The line with its own tabs, which are as many, gone."""
    assert line.count("\t") == tabs
    return line.replace("\t", "\n")


def _highlights():
    return Highlights(title=[(0, 9)], dek=[(3, 7)], body=[(2, 60)], links=[[(0, 9)]])


HIT_RENDERERS = {
    "terminal": lambda hit: terminal.hit_blocks([hit], _screen()),
    "terminal, no colour": lambda hit: terminal.hit_blocks([hit], _screen(color=False)),
    "terminal, narrow": lambda hit: terminal.hit_blocks([hit], _screen(width=12)),
    "plain": lambda hit: (_without_tabs(line, 4) for line in plain.hit_lines([hit])),
    "plain, NUL": lambda hit: (_without_tabs(line, 4).removesuffix("\0") for line in plain.hit_lines([hit], end="\0")),
    "paths": lambda hit: plain.path_lines([hit]),
    "csv": lambda hit: tables.csv_lines([hit]),
    "csv, raw": lambda hit: tables.csv_lines([hit], raw=True),
    "tsv": lambda hit: (_without_tabs(line, len(tables.COLUMNS) - 1) for line in tables.tsv_lines([hit])),
    "json": lambda hit: jsons.result_document(_result(hit), HOSTILE, 0.001),
    "jsonl": lambda hit: jsons.hit_lines([hit]),
    "template": lambda hit: templates.Template(_TEMPLATE).lines([hit]),
    "show": lambda hit: terminal.article_blocks(hit.article, _screen(), _highlights()),
    "show, no colour": lambda hit: terminal.article_blocks(hit.article, _screen(color=False)),
    "show, plain": lambda hit: plain.article_text(hit.article),
    "show, json": lambda hit: [jsons.json_text(jsons.article_dict(hit.article, highlights=_highlights()))],
}
OTHER_RENDERERS = {
    "stats": lambda: [terminal.stats_block(hostile_stats(), _screen())],
    "stats, plain": lambda: (_without_tabs(line, 1) for line in plain.stats_lines(hostile_stats())),
    "stats, json": lambda: [jsons.json_text(jsons.stats_dict(hostile_stats()))],
    "report": lambda: [summary.report_line(hostile_report()) + "§[sic]"],
    "problems": lambda: summary.problem_lines(hostile_report()),
    "remarks": lambda: summary.remark_lines(hostile_report()),
    "report, json": lambda: [jsons.json_text(jsons.report_dict(hostile_report()))],
    "caret": lambda: summary.caret_lines("§" + HOSTILE, 5, 1000),
}
RENDERED = {
    name: lambda render=render: render(hostile_hit()) for name, render in HIT_RENDERERS.items()
} | OTHER_RENDERERS


def _foreign(name, output):
    """The output; of a terminal without the sequences of the renderer itself, so that any other is found."""
    return _OWN_LINK.sub("", _OWN_SGR.sub("", output)) if name in ON_A_TERMINAL else output


def _dangers(name, output):
    return {f"{ord(char):x}" for char in _foreign(name, output) if is_dangerous(char)}


@pytest.mark.parametrize("name", RENDERED)
def test_nothing_dangerous_comes_out(name):
    """Hostile strings in every place of a hit, stats or report leave no dangerous character in the output."""
    output = "".join(RENDERED[name]())
    assert "§" in output or name == "report"
    assert _dangers(name, output) == set()


@pytest.mark.parametrize("name", sorted(set(RENDERED) - {"terminal, narrow"}))
def test_markup_stays_literal(name):
    """Square brackets of rich markup and emoji names are text like any other."""
    output = _foreign(name, "".join(RENDERED[name]()))
    assert "[sic]" in output
    if name != "report":
        assert "[/photo]" in output
        assert ":smile:" in output


@pytest.mark.parametrize("name", HIT_RENDERERS)
@settings(max_examples=40)
@given(text=ANY_TEXT)
def test_any_text_is_harmless(name, text):
    """Whatever a hit holds, the output of each renderer holds nothing dangerous."""
    hit = _replace_strings(hostile_hit(), text)
    assert _dangers(name, "".join(HIT_RENDERERS[name](hit))) == set()


@pytest.mark.parametrize("name", ["terminal", "terminal, no colour", "show", "show, no colour"])
def test_own_sequences_only(name):
    """A terminal gets the colours and the file link that the renderer made, and without colour only the link."""
    output = "".join(RENDERED[name]())
    escapes = output.count("\x1b")
    own = sum(match.group().count("\x1b") for pattern in (_OWN_SGR, _OWN_LINK) for match in pattern.finditer(output))
    assert escapes == own
    assert (_OWN_SGR.search(output) is None) == name.endswith("no colour")
    assert len(_OWN_LINK.findall(output)) == 2


@pytest.mark.parametrize("uri", ["file:///a\x1b\\evil", "file:///a b", "file:///é", "file:///a\n"])
def test_an_unsafe_address_is_no_link(uri):
    """An address which is not plain printable ASCII is not written into an escape sequence."""
    hit = hostile_hit()
    assert "\x1b]" not in "".join(terminal.hit_blocks([hit], _screen(file_uri=lambda article: uri)))


@pytest.mark.parametrize("name", sorted(set(RENDERED) - {"report"}))
def test_each_renderer_passes_through_the_boundary(name, monkeypatch):
    """Every string of an article that comes out was handed to `visible`: a boundary that marks, marks all."""
    _mark_boundary(monkeypatch)
    output = _OWN_LINK.sub("", "".join(RENDERED[name]()))
    assert (output.count("¶") > 0, output.count("§")) == (True, 0)  # counts, lest a failure print the hostile text


def _mark_boundary(monkeypatch):
    """Let each function of the boundary turn "§" into "¶" besides its work."""
    for name in ("visible_line", "visible_text", "visible_path", "json_safe"):
        original = getattr(visible, name)
        monkeypatch.setattr(visible, name, lambda text, original=original: original(text).replace("§", "¶"))


def _replace_strings(value, text):
    """The same dataclass with `text` for every string in it, at any depth; enumerated names stay."""
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(_replace_strings(item, text) for item in value)
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value) if field.name not in ("field", "source")]
        changed = dataclasses.replace(value, **{name: _replace_strings(getattr(value, name), text) for name in names})
        return dataclasses.replace(changed, source=text) if hasattr(value, "source") else changed
    return value


def test_the_sample_fills_every_string():
    """The hostile hit holds hostile text in every string field, so that a new field cannot be forgotten."""
    hit = hostile_hit()
    for value in (hit.article, hit.article.links[0], hostile_stats(), *hostile_report().problems):
        hints = typing.get_type_hints(type(value))
        texts = [getattr(value, name) for name, hint in hints.items() if hint in (str, str | None)]
        assert texts
        assert all(HOSTILE in text for text in texts)
