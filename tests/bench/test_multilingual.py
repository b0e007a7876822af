"""What the measures of texts in many languages take, ask and count."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench.multilingual import measures
from tests.bench.multilingual.__main__ import markdown
from tests.bench.multilingual.documents import Document, read_documents
from tests.bench.multilingual.encodings import restored
from tests.bench.multilingual.words import middle_word, without_marks

GERMAN = "Die Minister sagten am Dienstag, dass die Brücke über den Fluss zwei Wochen gesperrt bleiben werde. " * 3
RUSSIAN = "Министры заявили во вторник, что мост через реку будет закрыт для движения на две недели. " * 3


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("eins zwei drei, vier!", "drei"),
        ("a «Łódź» b", "Łódź"),
        ("河上的大桥将关闭", "的大桥将"),
        ("می‌خواهد", "می‌خواهد"),
        ("12 34 56 ende", "ende"),
        ("12 34 56", None),
        ("", None),
    ],
)
def test_a_word_of_the_middle(text: str, word: str | None) -> None:
    """A word is whole and bare; a script without spaces gives a run of a few characters."""
    assert middle_word(text) == word


def test_words_without_marks() -> None:
    """Marks that keyboards lack are left away, those that make letters of a script are not."""
    assert [without_marks(word) for word in ("ọ̀sẹ̀", "ƙasa", "كِتاب", "हिन्दी", "йод")] == [
        "ose",
        "kasa",
        "كتاب",
        "हिन्दी",
        "йод",
    ]


def test_the_table_counts_what_was_told_and_found(tmp_path: Path) -> None:
    """Labels of three letters count as their short ones; a wrong label shows as wrong."""
    file = tmp_path / "docs.jsonl"
    rows = [
        {"id": "a", "title": "Brücke", "body": GERMAN, "lang": "ger", "date": "12/07/2017"},
        {"id": "b", "title": "", "body": GERMAN, "lang": "fr"},
        {"id": "c", "title": "", "body": "", "lang": "fr"},
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    documents = list(read_documents(file))
    assert [document.language for document in documents] == ["de", "fr"]
    told = measures.languages(documents)
    assert (told["de"]["right"], told["fr"]["wrong"], told["fr"]["as de"]) == (1, 1, 1)
    table = markdown(documents)
    assert "| all | 2 | 50.0% | 0 | 1 |" in table and "| 2 of 2 | 1 of 1 |" in table and "| 1 of 1 |" in table


def test_encodings_count_what_came_back() -> None:
    """A text that an encoding can write is counted once for each length that it has."""
    counts = restored([Document("a", "", RUSSIAN, "ru", None)])
    assert counts["windows-1251, 100 characters"] == {"texts": 1, "restored": 1}
    assert not counts["windows-1251, 6000 characters"] and not counts["windows-1252, 100 characters"]
