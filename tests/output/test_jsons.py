"""JSON: exact data, stable keys, always valid."""

from __future__ import annotations

import json
import math

import pytest

from searchkit.engine import Hit, SearchResult, Snippet
from searchkit.output import Highlights, jsons
from tests.output.samples import CHINESE, REPORT, RUSSIA, STATS, hostile_hit, hostile_report, hostile_stats, sample_hits

HIT_KEYS = [
    *(
        "rank",
        "id",
        "score",
        "source",
        "path",
        "title",
        "dek",
        "publisher",
        "authors",
        "published",
        "date_source",
        "url",
    ),
    *("matched_in", "snippets", "links", "copies", "sha256", "language", "record", "title_spans", "dek_spans"),
]


def _strict(text):
    """Parse JSON as a reader would who takes no NaN."""

    def refuse(constant):
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def test_keys_of_a_hit():
    """The keys of a hit and their order are part of schema 1."""
    assert list(jsons.hit_dict(sample_hits()[0])) == HIT_KEYS


def test_one_document():
    """A whole result is one document with its hits."""
    result = SearchResult(sample_hits(), total=532, total_is_exact=False)
    document = _strict("".join(jsons.result_document(result, "mosul \x1b", 0.0034)))
    assert list(document) == ["schema", "query", "total", "total_is_exact", "took_ms", "hits"]
    assert (document["schema"], document["query"], document["total"]) == (1, "mosul \x1b", 532)
    assert (document["total_is_exact"], document["took_ms"]) == (False, 3.4)
    assert document["hits"] == [jsons.hit_dict(hit) for hit in sample_hits()]


def test_an_empty_document():
    """A result without hits is a valid document too."""
    assert _strict("".join(jsons.result_document(SearchResult((), 0), "x", 0.0)))["hits"] == []


def test_a_document_is_streamed():
    """The head and each hit come out before the next hit is asked for."""
    asked = []

    def hits():
        for hit in sample_hits():
            asked.append(hit.rank)
            yield hit

    pieces = jsons.result_document(SearchResult(hits(), 3), "x", 0.0)
    assert next(pieces).startswith('{"schema": 1, ')
    assert asked == []
    next(pieces)
    assert asked == [1]


def test_json_lines():
    """JSON Lines hold an object per line, each with its schema, also when text holds line ends."""
    lines = "".join(jsons.hit_lines([*sample_hits(), hostile_hit()])).splitlines()
    assert len(lines) == 4
    assert [_strict(line)["schema"] for line in lines] == [1] * 4


def test_values_of_a_hit():
    """Dates are ISO 8601, unknown values null, and spans point into the whole title."""
    first, _, third = map(jsons.hit_dict, sample_hits())
    assert (first["published"], first["copies"], first["dek"]) == (None, None, None)
    assert [RUSSIA.title[start:end] for start, end in first["title_spans"]] == ["Mosul"]
    assert (third["published"], third["path"], third["record"]) == (
        "2017-03-25T09:30:00+00:00",
        "archive/新闻.jsonl",
        "17",
    )
    assert third["source"] == "archive/新闻.jsonl#17"


def test_spans_of_a_shortened_title():
    """Spans of a snippet that begins later are moved to the whole field."""
    hit = Hit(1, 1.0, RUSSIA, title=Snippet("title", RUSSIA.title[40:], ((2, 5),), start=40))
    assert jsons.hit_dict(hit)["title_spans"] == [[42, 45]]


def test_parts_come_when_explained():
    """The parts of a score are given when the engine filled them."""
    assert jsons.hit_dict(Hit(1, 1.0, RUSSIA, parts=(("mosul", 0.5),)))["parts"] == [["mosul", 0.5]]


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf])
def test_no_nan(score):
    """A score that is no number is null, never NaN."""
    assert _strict(next(jsons.hit_lines([Hit(1, score, RUSSIA)])))["score"] is None


def test_hostile_data_is_exact():
    """Hostile text parses back to exactly what the article holds."""
    hit = hostile_hit()
    assert _strict(jsons.json_text(jsons.hit_dict(hit))) == jsons.hit_dict(hit)
    article = _strict(jsons.json_text(jsons.article_dict(hit.article)))
    assert (article["body"], article["note"]) == (hit.article.body, hit.article.note)
    assert article["links"][1]["headline"] == hit.article.links[1].headline


def test_an_article():
    """An article has all its fields and links, and spans only when there are highlights."""
    article = jsons.article_dict(CHINESE)
    assert article["schema"] == 1
    assert {"body", "note", "language", "record", "sha256", "links"} <= set(article)
    assert "title_spans" not in article
    marked = jsons.article_dict(RUSSIA, highlights=Highlights(title=[(0, 6)], links=[[(1, 2)]]))
    assert (marked["title_spans"], marked["body_spans"]) == ([[0, 6]], [])
    assert marked["links"][0]["spans"] == [[1, 2]]
    assert "spans" not in marked["links"][1]


def test_stats_and_report():
    """Stats and reports are documents with a schema, hostile ones too."""
    assert _strict(jsons.json_text(jsons.stats_dict(STATS)))["first_date"] == "2016-01-02"
    assert _strict(jsons.json_text(jsons.stats_dict(hostile_stats())))["engine"] == hostile_stats().engine
    report = _strict(jsons.json_text(jsons.report_dict(REPORT)))
    assert (report["schema"], report["added"], report["total"]) == (1, 2, 2)
    assert report["problems"] == [{"source": "seeds/x.txt", "reason": "binary data"}]
    hostile = _strict(jsons.json_text(jsons.report_dict(hostile_report())))
    assert hostile["remarks"][0]["text"] == hostile_report().remarks[0].text
