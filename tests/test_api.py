"""The Python API: `searchkit.open` and what the package exports."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import searchkit
from searchkit import Article, Index, Link, article_id
from searchkit.engine import Ranking
from searchkit.errors import ArticleNotFoundError, EngineUnavailableError, IndexNotFoundError, QuerySyntaxError

HEAVY = ("click", "rich", "yaml", "whoosh", "numpy", "snowballstemmer", "rapidfuzz", "platformdirs")


def article(name: str, body: str, published: date | None = None, links: tuple[Link, ...] = ()) -> Article:
    return Article(article_id(name), name, name.upper(), body, "0", published=published, links=links)


ARTICLES = (
    article("a.txt", "Mosul airstrike", date(2017, 3, 17)),
    article("b.txt", "Mosul", date(2016, 1, 1), (Link("Airstrikes in Raqqa"),)),
    article("c.txt", "Raqqa"),
)


@pytest.fixture(params=["memory", "whoosh"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    with searchkit.open(tmp_path / "index", engine=request.param, create=True) as index:
        index.add(ARTICLES)
        yield index


def sources(hits: Iterator[searchkit.Hit]) -> list[str]:
    return [hit.article.source for hit in hits]


def test_a_loop_over_a_search_reads_like_its_meaning(index: Index) -> None:
    """Hits come best first with article, score and snippets."""
    hits = list(index.search("Mosul airstrike"))
    assert [hit.article.title for hit in hits] == ["A.TXT", "B.TXT"]
    assert hits[0].score > hits[1].score > 0
    assert hits[0].snippets[0].text == "Mosul airstrike"
    assert [match.link.headline for match in hits[1].links] == ["Airstrikes in Raqqa"]


def test_options_of_a_search(index: Index) -> None:
    """Limit, offset, OR, order, field, dates and language do what they say."""
    assert sources(index.search("*", sort="title", limit=1)) == ["a.txt"]
    assert sources(index.search("*", sort="title", limit=1, offset=1)) == ["b.txt"]
    assert sources(index.search("*", sort="title", reverse=True, limit=0)) == ["c.txt", "b.txt", "a.txt"]
    assert sources(index.search("*", sort="date")) == ["a.txt", "b.txt", "c.txt"]
    assert len(sources(index.search("airstrike raqqa", any=True))) == 3
    assert sources(index.search("raqqa", field="links")) == ["b.txt"]
    assert sources(index.search("*", since="2017")) == ["a.txt"]
    assert sources(index.search("*", until="2016")) == ["b.txt"]
    assert sources(index.search("airstrike", language=None)) == ["a.txt"]
    (hit,) = index.search("airstrike", language=None, snippets=0)
    assert hit.snippets == ()


def test_a_wrong_search_fails_when_it_is_called(index: Index) -> None:
    """Errors do not wait until the first hit is asked for."""
    with pytest.raises(QuerySyntaxError):
        index.search("(")
    heavy = {"ranking": Ranking(title=1e9)}
    for wrong in ({"sort": "best"}, {"language": "xx"}, {"limit": -1}, {"offset": -1}, {"snippets": -1}, heavy):
        with pytest.raises(ValueError, match=r"there are|0 or more|the weight of title must be 0, or 0.001 to 1000"):
            index.search("a", **wrong)  # type: ignore[arg-type]


def test_counting(index: Index) -> None:
    """`count` counts without reading hits."""
    assert (index.count("mosul"), index.count("mosul raqqa", any=True), index.count("zzz")) == (2, 3, 0)
    assert (index.count("mosul", field="title"), index.count("airstrikes", language=None)) == (0, 1)


def test_articles_are_got_by_name(index: Index) -> None:
    """`get` takes what `show` takes, and iterating gives all articles by id."""
    assert index.get("a.txt") == index.get(article_id("a.txt")[:7]) == ARTICLES[0]
    with pytest.raises(ArticleNotFoundError):
        index.get("zzz")
    assert [one.id for one in index] == sorted(one.id for one in ARTICLES)


def test_articles_are_added_and_deleted(index: Index) -> None:
    """Both count, both replace or remove in one commit."""
    assert index.add([article("a.txt", "Homs"), article("d.txt", "Homs")]) == 2
    assert sorted(sources(index.search("homs"))) == ["a.txt", "d.txt"]
    assert index.delete([article_id("a.txt"), article_id("zzz")]) == 1
    assert index.stats().articles == 3


def test_an_error_while_adding_stores_nothing(index: Index) -> None:
    """Articles are stored together or not at all."""

    def articles() -> Iterator[Article]:
        yield article("d.txt", "Homs")
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        index.add(articles())
    assert index.count("homs") == 0


def test_opening_what_is_not_there(tmp_path: Path) -> None:
    """No index, no engine: each is an error of its own, and nothing is made."""
    with pytest.raises(IndexNotFoundError):
        searchkit.open(tmp_path / "none")
    with pytest.raises(EngineUnavailableError, match="no engine 'woosh'"):
        searchkit.open(tmp_path, engine="woosh")
    assert list(tmp_path.iterdir()) == []


def test_a_path_may_be_text(tmp_path: Path) -> None:
    """The path is a string or a Path."""
    with searchkit.open(str(tmp_path / "index"), create=True) as index:
        index.add(ARTICLES)
    with searchkit.open(tmp_path / "index") as index:
        assert index.count("*") == 3


# --- the package -------------------------------------------------------------------------------------------------


def test_all_names_of_the_package_can_be_imported() -> None:
    """`__all__` names what there is, in order, and `dir` shows it."""
    assert searchkit.__all__ == sorted(searchkit.__all__)
    for name in searchkit.__all__:
        assert getattr(searchkit, name).__module__.startswith("searchkit.")
    assert set(searchkit.__all__) <= set(dir(searchkit))
    assert set(searchkit.__all__) == set(searchkit._HOMES)


def test_all_types_that_users_meet_are_exported() -> None:
    """What methods of `Index` take and give can be named from the package."""
    met = {"Article", "Hit", "Index", "IndexStats", "Link", "LinkMatch", "Ranking", "Snippet", "SearchkitError"}
    assert met <= set(searchkit.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """The package does not invent names."""
    with pytest.raises(AttributeError, match="no attribute 'serach'"):
        searchkit.serach  # noqa: B018


def imported_by(code: str) -> set[str]:
    """The packages of `HEAVY` that a new interpreter has imported after this code."""
    report = f"import sys; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; {report}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(searchkit.__file__).parent.parent,
    )
    return set(done.stdout.split())


def test_importing_the_package_imports_nothing_heavy() -> None:
    """`import searchkit` costs next to nothing."""
    assert imported_by("import searchkit") == set()


@pytest.mark.parametrize("module", ["api", "searching", "indexing", "config", "queryparser", "highlight", "engines"])
def test_importing_a_service_imports_nothing_heavy(module: str) -> None:
    """Services load their libraries when they need them."""
    assert imported_by(f"import searchkit.{module}") == set()


def test_the_check_sees_heavy_imports() -> None:
    """The tests above would notice."""
    assert imported_by("import searchkit, yaml") == {"yaml"}
