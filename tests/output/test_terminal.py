"""Layout of hits, an article and stats on a terminal."""

from __future__ import annotations

import dataclasses
import os
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from searchkit.article import Article
from searchkit.engine import Hit, IndexStats, LinkMatch
from searchkit.output import Highlights, paths, summary, terminal
from tests.output.samples import CHINESE, LINKS, PENTAGON, REPORT, RUSSIA, STATS, sample_hits, spans

RECORDED = Path(__file__).parent / "recorded"
_MATCH = "\x1b[1;31m"
_HIGHLIGHTS = Highlights(
    title=spans(RUSSIA.title, "mosul"),
    body=spans(RUSSIA.body, "airstrikes?"),
    links=((), spans(LINKS[1].headline, "mosul")),
)


def _uri(article: Article) -> str:
    return paths.file_uri(f"/archive/{article.file}", "host")


def _hits(width=80, color=False, **changes):
    return "".join(terminal.hit_blocks(sample_hits(), terminal.Screen(width, color, **changes)))


def _article(article, width=80, color=False, highlights=None):
    return "".join(terminal.article_blocks(article, terminal.Screen(width, color), highlights))


def _closing():
    return summary.closing_line(3, 3, 0.003, with_links=1) + "\n" + summary.report_line(REPORT) + "\n"


@pytest.mark.parametrize(
    ("name", "render"),
    [
        ("hits-40", lambda: _hits(40)),
        ("hits-60", lambda: _hits(60)),
        ("hits-80", lambda: _hits(80) + _closing()),
        ("hits-200", lambda: _hits(200)),
        ("hits-80-ansi", lambda: _hits(80, color=True, file_uri=_uri)),
        ("show-80", lambda: _article(RUSSIA, highlights=_HIGHLIGHTS)),
        ("show-80-ansi", lambda: _article(RUSSIA, color=True, highlights=_HIGHLIGHTS)),
        ("show-chinese-40", lambda: _article(CHINESE, 40)),
        ("stats", lambda: terminal.stats_block(STATS, terminal.Screen(color=False))),
    ],
)
def test_the_output_is_as_recorded(name, render):
    """What a terminal shows is what the recorded file holds; SEARCHKIT_REWRITE_RECORDED=1 writes the files anew."""
    file = RECORDED / f"{name}.txt"
    if os.environ.get("SEARCHKIT_REWRITE_RECORDED"):
        file.write_text(render(), encoding="utf-8", newline="\n")
    assert render() == file.read_bytes().decode("utf-8")


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(width):
    """Every line fits, wide characters counted twice; paths alone are left whole."""
    files = tuple(hit.article.file for hit in sample_hits())
    lines = [line for line in _hits(width).split("\n") if not line.strip().startswith(files)]
    assert max(map(cell_len, lines)) <= min(width, terminal.HITS_WIDTH)


def test_the_score_ends_the_first_line():
    """The score stands at the right edge of the title's first line."""
    first = _hits(60).split("\n")[0]
    assert first.startswith("1  Russia condemns")
    assert first.endswith("  4.71")
    assert cell_len(first) == 60


def test_lines_hang_under_the_title():
    """All lines of a hit but its first begin three columns in."""
    for line in _hits(40).split("\n\n")[0].split("\n")[1:]:
        assert line.startswith("   ")


def test_matches_are_marked():
    """With colour exactly the matches are bold and coloured; without colour the text is the same and bare."""
    colored = _hits(200, color=True)
    marked = re.findall(re.escape(_MATCH) + "(.*?)\x1b", colored)
    assert marked[:4] == ["Mosul", "Mosul", "airstrike", "airstrike"]
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == _hits(200)


def test_at_most_three_related_headlines():
    """Three matching headlines are shown, and how many more there are."""
    text = _hits(120)
    assert text.count("related  ") == 1
    assert "Mosul rebuilds · The National\n" in text
    assert "Mosul airport opens" not in text
    assert "+ 2 more related headlines match" in text


def test_one_more_related_headline():
    """A single further headline is told in the singular."""
    hit = Hit(1, 1.0, RUSSIA, links=tuple(LinkMatch(link, ()) for link in LINKS[:4]))
    assert "+ 1 more related headline matches" in "".join(terminal.hit_blocks([hit], terminal.Screen(color=False)))


def test_the_parts_of_a_score():
    """An explained score is shown as the sum of its parts, an ordinary one has no such line."""
    hit = Hit(1, 3.5, RUSSIA, parts=(("mosul", 2.0), ("title:air*", 1.5)))
    assert "   score    2.00 mosul + 1.50 title:air*\n" in "".join(
        terminal.hit_blocks([hit], terminal.Screen(color=False))
    )
    assert "score" not in _hits()


def test_meta_leaves_out_what_is_unknown():
    """Without publisher the line begins with the date, without date it says so."""
    assert "   undated · Jason Ditz\n" in _hits()
    assert "   CNN · undated · Tim Lister" in _hits()
    assert "新华社 · 25 Mar 2017 · 张伟" in _hits()


def test_a_dek_with_matches_is_shown():
    """A dek is shown among the snippets when it matches and not otherwise."""
    assert "Has 700 Video Feeds" in _hits()
    hit = dataclasses.replace(sample_hits()[1], dek=None)
    assert "Has 700" not in "".join(terminal.hit_blocks([hit], terminal.Screen(color=False)))


def test_the_path_links_to_the_file():
    """With hyperlinks the path, record included, links to its file, percent-encoded; colour does not matter."""
    line = _hits(40, file_uri=_uri).rstrip().split("\n")[-1]
    uri = "file://host/archive/archive/%E6%96%B0%E9%97%BB.jsonl"
    assert line == f"    \x1b]8;;{uri}\x1b\\archive/新闻.jsonl#17\x1b]8;;\x1b\\"


def test_the_path_is_named_as_asked():
    """`display_path` decides how the file is named; the record follows it."""
    text = _hits(display_path=lambda article: "/abs/" + article.file)
    assert "   /abs/seeds/004_4ddfc6bcc6cd5d23.txt\n" in text
    assert "/abs/archive/新闻.jsonl#17\n" in text


def test_a_long_path_stays_whole():
    """A path longer than the line is not broken, so that it can be copied."""
    text = "".join(terminal.hit_blocks([Hit(1, 1.0, RUSSIA)], terminal.Screen(20, False, lambda article: "a b/" * 30)))
    assert "   " + ("a b/" * 30).rstrip() + "\n" in text


def test_an_article_without_title():
    """An article without a title is called untitled."""
    hit = Hit(1, 1.0, dataclasses.replace(RUSSIA, title=""))
    assert "".join(terminal.hit_blocks([hit], terminal.Screen(color=False))).startswith("1  untitled ")


def test_a_monstrous_title_is_cut():
    """A title far longer than any title is cut with an ellipsis."""
    hit = Hit(1, 1.0, dataclasses.replace(RUSSIA, title="word " * 100_000))
    text = "".join(terminal.hit_blocks([hit], terminal.Screen(color=False)))
    assert len(text) < 1500
    assert " …\n" in text


def test_hits_are_streamed():
    """A hit is rendered before the next one is asked for."""
    asked = []

    def hits():
        for hit in sample_hits():
            asked.append(hit.rank)
            yield hit

    blocks = terminal.hit_blocks(hits(), terminal.Screen())
    assert asked == []
    next(blocks)
    assert asked == [1]


def test_a_whole_article():
    """An article is shown with all that is known of it, its paragraphs apart, and all its links."""
    text = _article(dataclasses.replace(PENTAGON, links=LINKS), 200)
    assert all(known in text for known in (PENTAGON.title, PENTAGON.dek, "Jason Ditz", PENTAGON.source, PENTAGON.id))
    assert "gone over.\n\nEvidence" in text
    assert PENTAGON.note in text
    assert "5 related headlines\n·  Syrian" in text
    assert text.count("\n·  ") == 5
    assert max(map(len, text.split("\n"))) <= terminal.READING_WIDTH


def test_an_article_with_its_evidence():
    """The date of an article is shown with what stated it, beside the language and the address."""
    text = _article(CHINESE)
    assert "新华社 · 25 Mar 2017 (meta) · zh\n" in text
    assert "https://example.org/新闻?id=17\n" in text


def test_highlights_of_an_article():
    """Matches in title, body and headlines of a whole article are marked."""
    marked = re.findall(re.escape(_MATCH) + "(.*?)\x1b", _article(RUSSIA, color=True, highlights=_HIGHLIGHTS))
    assert marked == ["Mosul", "airstrike", "airstrike", "Mosul"]


def test_styles_do_not_spread():
    """Only what is secondary is dim: rank, score, ellipses, meta and path, and neither titles nor snippets."""
    lines = _hits(200, color=True).split("\n")
    assert re.findall(r"\x1b\[2m(.*?)\x1b\[0m", lines[0]) == ["1  ", "4.71"]
    assert re.findall(r"\x1b\[2m(.*?)\x1b\[0m", "".join(lines[2:4])) == ["… ", " …"]
    assert lines[1] == "   \x1b[2mCNN · undated · Tim Lister, Radina Gigova, Barbara Starr, Ryan Brown\x1b[0m"
    assert "   \x1b[2mseeds/004_4ddfc6bcc6cd5d23.txt\x1b[0m" in lines


def test_stats_of_an_empty_index():
    """An empty index has neither dates nor size."""
    empty = IndexStats("memory", 0, 0, 0, 0, 0, None, None, 0, 0)
    text = terminal.stats_block(empty, terminal.Screen(color=False))
    assert "articles    0\n" in text
    assert "dates" not in text
    assert "size" not in text
