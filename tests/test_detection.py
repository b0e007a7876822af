"""Detection: articles get their languages, and those that the model need not tell do not wait for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from searchkit import detection, languagemodel, languages
from searchkit.article import Article
from searchkit.detection import Detection
from tests.test_languages import TEXTS


@dataclass
class Loading:
    """The model of languages, which takes as long to load as the test wants, and calls everything Welsh."""

    may_end: threading.Event = field(default_factory=threading.Event)
    loads: list[int] = field(default_factory=list)

    def load(self, *_: object, **__: object) -> object:
        self.loads.append(threading.get_ident())
        assert self.may_end.wait(60)
        return SimpleNamespace(classify=lambda text: ("cy", 1.0))


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loading]:
    """A model that is not loaded before `may_end` is set."""
    loading = Loading()
    monkeypatch.setattr("py3langid.langid.LanguageIdentifier.from_model_file", loading.load)
    languagemodel._loaded_model.cache_clear()
    yield loading
    loading.may_end.set()
    languagemodel.load_model()
    languagemodel._loaded_model.cache_clear()


def article(id_: str, text: str, title: str = "A title") -> Article:
    return Article(id_, f"{id_}.txt", title, text, "0" * 64)


def names(taken: list[Article]) -> list[tuple[str, str | None]]:
    return [(article.id, article.language) for article in taken]


def test_articles_overtake_those_that_wait_for_the_model(model: Loading) -> None:
    """English is told at once; what only the model tells comes when that is there, in order."""
    taken: list[Article] = []
    detection = Detection(taken.append, expects_many=True)
    for id_, language in (("a", "fr"), ("b", "en"), ("c", "de"), ("d", "en")):
        detection.add(article(id_, TEXTS[language]))
    assert names(taken) == [("b", "en-x-detected"), ("d", "en-x-detected")]
    model.may_end.set()
    detection.finish()
    assert names(taken[2:]) == [("a", "cy-x-detected"), ("c", "cy-x-detected")]
    assert len(model.loads) == 1 and model.loads[0] != threading.get_ident()


def test_waiting_ends_with_the_loading(model: Loading) -> None:
    """Once the model is there, the next article brings those that have waited with it."""
    taken: list[Article] = []
    detection = Detection(taken.append, expects_many=True)
    detection.add(article("a", TEXTS["fr"]))
    model.may_end.set()
    languagemodel.load_model()
    others = 0
    while len(taken) == others and others < 10_000:  # the thread may take a moment to end
        detection.add(article(f"b{others}", TEXTS["en"]))
        others += 1
    assert ("a", "cy-x-detected") in names(taken)


def test_the_later_of_two_with_one_id_comes_later(model: Loading) -> None:
    """An article does not overtake another version of itself: the writer keeps the last."""
    taken: list[Article] = []
    detection = Detection(taken.append, expects_many=True)
    detection.add(article("a", TEXTS["fr"]))
    threading.Timer(0.05, model.may_end.set).start()
    detection.add(article("a", TEXTS["en"]))
    detection.finish()
    assert names(taken) == [("a", "cy-x-detected"), ("a", "en-x-detected")]


def test_no_more_waits_than_memory_allows(model: Loading, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where much needs the model, all wait for it."""
    monkeypatch.setattr(detection, "_MOST_WAITING_CHARS", 2 * len(TEXTS["fr"]) - 1)
    taken: list[Article] = []
    waiting = Detection(taken.append, expects_many=True)
    waiting.add(article("a", TEXTS["fr"]))
    assert taken == []
    threading.Timer(0.05, model.may_end.set).start()
    waiting.add(article("b", TEXTS["fr"]))
    assert [id_ for id_, _ in names(taken)] == ["a", "b"]


def test_a_kept_model_is_loaded_when_it_is_needed(model: Loading, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is little to load beside other work; the first that needs it does not wait for another."""
    model.may_end.set()
    asked: list[Path | None] = []
    monkeypatch.setattr(detection, "is_kept", lambda cache: cache == Path("cache"))
    monkeypatch.setattr(languages, "load_model", lambda cache: asked.append(cache) or model.load())
    taken: list[Article] = []
    kept = Detection(taken.append, expects_many=True, cache=Path("cache"))
    kept.add(article("a", TEXTS["en"]))
    assert asked == []
    kept.add(article("b", TEXTS["fr"]))
    assert names(taken) == [("a", "en-x-detected"), ("b", "cy-x-detected")]
    assert asked == [Path("cache")] and model.loads == [threading.get_ident()]


def test_what_was_loaded_beside_is_kept(model: Loading, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where many articles are expected and there is no copy yet, one is left; the articles that wait have it."""
    folders: list[Path | None] = []
    monkeypatch.setattr(detection, "load_and_keep_model", folders.append)
    monkeypatch.setattr(languages, "load_model", lambda cache: folders.append(cache) or model.load())
    model.may_end.set()
    many = Detection(lambda article: None, expects_many=True, cache=Path("cache"))
    many.add(article("a", TEXTS["fr"]))
    many.finish()
    assert folders == [Path("cache"), Path("cache")]


def test_few_articles_have_the_model_loaded_when_it_is_needed(model: Loading) -> None:
    """Then, and not before, and nothing is left to the end."""
    model.may_end.set()
    taken: list[Article] = []
    detection = Detection(taken.append, expects_many=False)
    detection.add(article("a", TEXTS["en"]))
    assert model.loads == []
    detection.add(article("b", TEXTS["fr"]))
    assert names(taken) == [("a", "en-x-detected"), ("b", "cy-x-detected")]
    assert model.loads == [threading.get_ident()]
