"""The walls of the package: who may import whom, and who may print, exit and read the environment."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import searchkit

PACKAGE = Path(searchkit.__file__).parent
SERVICES = (
    "extraction",
    "extraction_worker",
    "indexing",
    "reading",
    "searching",
    "api",
    "config",
    "configcache",
    "inputs",
    "parsing",
)
# Packages, most of them from outside, and the only places that may import them.
HOMES = {
    "whoosh": ("engines.whoosh.codec",),
    "numpy": ("engines.whoosh", "languagemodel"),
    "isal": ("engines.whoosh.deflate",),
    "opensearchpy": ("engines.opensearch.connection",),
    "click": ("cli",),
    "rich": ("output", "cli"),
    "yaml": ("config", "formats.markdown"),
    "platformdirs": ("cli",),
    "snowballstemmer": ("analysis",),
    "py3langid": ("languagemodel",),
    "trafilatura": ("formats._page",),
    "lxml": ("formats._page",),
    "charset_normalizer": ("formats._page", "formats._bytes"),
    "defusedxml": ("formats._xmltree",),
    "feedparser": ("formats.feed",),
    "brotli": ("formats._http",),
    "backports": ("decompression",),
    "compression": ("decompression",),
    # What runs code that it reads, or may: articles between processes are the one use.
    "marshal": ("transfer",),
    "pickle": (),
    "shelve": (),
}
# Layers, lowest first: a module imports its own layer and lower ones.
LAYERS = (
    (
        "errors",
        "porter2",
        "dates",
        "datewords",
        "calendars",
        "configcache",
        "limits",
        "processes",
        "languagemodel",
        "languagetags",
        "digests",
        "value",
    ),
    ("article", "analysis", "secret", "sharding", "languages", "detection"),
    ("query", "transfer", "decompression", "containers"),
    ("queryparser", "matching", "fieldtext", "ranking", "format", "engine", "cluster"),
    ("inputs", "reading", "extraction", "extraction_worker", "highlight", "engines", "formats"),
    ("config", "indexing", "parsing", "searching"),
    ("api", "output"),
    ("cli",),
    ("__main__",),
)
# The table of an engine or format may name them; `formats/__init__.py` is such a table.
TABLES = ("engines", "formats")
# A process of its own, which talks to its parent over its standard streams.
PROCESSES = ("engines.whoosh.worker", "extraction_worker", "processes")
CALLS_OF_CLI = {"print", "input", "exit", "quit", "breakpoint"}
ATTRIBUTES_OF_CLI = {
    ("sys", "exit"), ("sys", "stdout"), ("sys", "stderr"), ("sys", "stdin"), ("os", "environ"),
    ("os", "getenv"), ("os", "_exit"), ("os", "getcwd"), ("Path", "cwd"),
}  # fmt: skip


def modules() -> dict[str, str]:
    """Dotted name inside the package (`engines.memory`; "" for the package itself) -> source text."""
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file.read_text(encoding="utf-8")
    return found


def imports(source: str) -> Iterator[str]:
    """The absolute names that a module imports, anywhere in it, but not for type checking only; of `from a import b`
    both `a` and `a.b`, as b may be a module."""
    tree = ast.parse(source)
    unreal = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in unreal:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own(names: Iterator[str]) -> set[str]:
    """Of imported names those inside the package, without its name."""
    return {name.removeprefix("searchkit.") for name in names if name.startswith("searchkit.")}


def lies_in(module: str, *places: str) -> bool:
    return any(module == place or module.startswith(place + ".") for place in places)


def layer(module: str) -> int:
    top = module.partition(".")[0]
    return next(i for i, names in enumerate(LAYERS) if top in names)


def violations(module: str, source: str) -> list[str]:
    """What a module does that its place does not allow."""
    return [*_wrong_imports(module, source), *_wrong_calls(module, source)]


def _wrong_imports(module: str, source: str) -> Iterator[str]:
    for name in sorted(set(imports(source))):
        home = HOMES.get(name.partition(".")[0])
        if home is not None and not lies_in(module, *home):
            yield f"{module} imports {name}"
    tops = {name.partition(".")[0] for name in imports(source)}
    for name in sorted(own(imports(source))):
        top = name.partition(".")[0]
        known = any(top in names for names in LAYERS)
        if known and module and layer(name) > layer(module):
            yield f"{module} imports {name}, which stands above it"
        if known and lies_in(module, "engines", "formats") and _is_foreign(module, name):
            yield f"{module} imports {name}, another implementation"
        if (
            lies_in(module, *SERVICES)
            and lies_in(name, "formats", "engines")
            and name not in ("engines", "engines.open_engine")
        ):
            yield f"{module} imports {name}, an implementation"
    if module == "" and tops - {"__future__", "importlib", "typing"}:
        yield "the package imports something"


def _is_foreign(module: str, name: str) -> bool:
    """Whether an engine or format imports a neighbour; what begins with an underscore or is `shared` belongs to all."""
    family, _, own_name = module.partition(".")
    other_family, _, other = name.partition(".")
    if other_family not in TABLES or module in TABLES:
        return False
    first = other.partition(".")[0]
    if family != other_family:
        return True
    return bool(first) and first != own_name.partition(".")[0] and first != "shared" and not first.startswith("_")


def _wrong_calls(module: str, source: str) -> Iterator[str]:
    if lies_in(module, "cli", "__main__", *PROCESSES):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS_OF_CLI:
            yield f"{module} calls {node.func.id}()"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            pair = (node.value.id, node.attr)
            if pair in ATTRIBUTES_OF_CLI:
                yield f"{module} uses {'.'.join(pair)}"


# --- the tests ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", modules())
def test_a_module_keeps_to_its_place(module: str) -> None:
    """Imports run one way, libraries have one home each, and only `cli` prints, exits and reads the environment."""
    assert violations(module, modules()[module]) == []


def test_every_module_has_a_layer() -> None:
    """A new module has to say where it stands."""
    tops = {module.partition(".")[0] for module in modules() if module}
    assert tops == {name for names in LAYERS for name in names}


def test_every_module_says_what_it_is() -> None:
    """Each module begins with a docstring, whose first paragraph is one sentence or title."""
    for module, source in modules().items():
        assert ast.get_docstring(ast.parse(source)), module


@pytest.mark.parametrize(
    ("module", "source", "violation"),
    [
        ("engines.memory", "from searchkit.engines.whoosh import x", "another implementation"),
        ("engines.memory", "from searchkit.engines import whoosh", "another implementation"),
        ("engines.memory", "import searchkit.formats.text", "another implementation"),
        ("engines.memory", "from searchkit.config import Config", "stands above"),
        ("engines.whoosh.writer", "from searchkit.engines.memory import x", "another implementation"),
        ("engines.memory", "def f():\n    import whoosh", "imports whoosh"),
        ("engines.whoosh.engine", "def f():\n    import whoosh", "imports whoosh"),
        ("engines.whoosh.snapshot", "import pickle", "imports pickle"),
        ("searching", "import numpy as np", "imports numpy"),
        ("formats.text", "from searchkit.formats.jsonl import x", "another implementation"),
        ("formats.text", "from searchkit.indexing import x", "stands above"),
        ("indexing", "from searchkit.formats import FORMATS", "an implementation"),
        ("searching", "from searchkit.engines.memory import x", "an implementation"),
        ("searching", "import click", "imports click"),
        ("indexing", "from rich.text import Text", "imports rich.text"),
        ("query", "from searchkit.queryparser import x", "stands above"),
        ("analysis", "from searchkit import query", "stands above"),
        ("output.plain", "from searchkit.cli import x", "stands above"),
        ("output.plain", "print(1)", "calls print()"),
        ("config", "import os\nos.environ['X']", "uses os.environ"),
        ("config", "import sys\nsys.exit(1)", "uses sys.exit"),
        ("", "import click", "imports"),
    ],
)
def test_the_check_finds_what_is_planted(module: str, source: str, violation: str) -> None:
    """A violation would be seen."""
    assert any(violation in found for found in violations(module, source))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("engines.whoosh.codec", "from whoosh.index import x\nfrom searchkit.engines.whoosh.lists import y"),
        ("engines.whoosh.lists", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy as np"),
        ("engines.memory", "from searchkit.engines.shared import x\nfrom searchkit.matching import y"),
        ("formats.text", "from searchkit.formats._bytes import x\nfrom searchkit.article import Article"),
        ("formats", "from searchkit.formats.text import x"),
        ("api", "from searchkit.engines import open_engine"),
        ("cli.query", "import click, sys\nprint(sys.argv)"),
        ("", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from searchkit.api import open"),
    ],
)
def test_the_check_allows_what_is_allowed(module: str, source: str) -> None:
    """The arrows that the design draws are no violations."""
    assert violations(module, source) == []
