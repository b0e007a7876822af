"""Settings: config.yaml, environment and flags -> Config, with the place each value came from.

Precedence: flags > `SEARCHKIT_*` > nearest config.yaml upwards > the user's config.yaml > defaults. One key is one field of
`Config`; an unknown key is an error which names the nearest one. Relative paths count from the file that holds them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from searchkit.engine import SORTS, WEIGHTS, IndexingOptions, Ranking, is_weight
from searchkit.errors import ConfigError
from searchkit.limits import Limits as ReadingLimits
from searchkit.query import TEXT_FIELDS
from searchkit.secret import Secret, read_secret
from searchkit.value import Value, replace

if TYPE_CHECKING:
    from searchkit.cluster import Cluster

FILE_NAME = "config.yaml"
ENVIRONMENT_PREFIX = "SEARCHKIT_"
OTHER_VARIABLES = ("SEARCHKIT_PAGER",)
"""Those that are no settings."""
_LEAST = {
    "file_mb": 1, "record_mb": 1, "ratio": 2, "nesting": 0, "html_depth": 10, "extraction_s": 0.1, "extraction_mb": 64,
}  # fmt: skip
COLORS = ("auto", "always", "never")


class Weights(Value):
    """How much a match in each field counts."""

    title: float = Ranking().title
    dek: float = Ranking().dek
    body: float = Ranking().body
    links: float = Ranking().links


class Bm25(Value):
    """Saturation of repeated words (k1, 0 or more) and allowance for long articles (b, 0 to 1)."""

    k1: float = Ranking().k1
    b: float = Ranking().b


class Output(Value):
    """How results look on a terminal and how many there are."""

    limit: int = 10
    sort: str = "score"
    color: str = "auto"
    pager: bool = True
    hyperlinks: bool = True
    snippets: int = 2
    snippet_chars: int = 200


class Indexing(Value):
    """What indexing may use: memory of all its processes together, roughly, and how many of them (0: one a processor)."""

    memory_mb: int = IndexingOptions().memory_mb
    jobs: int = IndexingOptions().jobs


class Limits(Value):
    """What one query may cost."""

    timeout_s: float = 30.0
    expansions: int = 1024


class OpenSearch(Value):
    """Where the cluster of the engine opensearch is, who asks, and how an index is made there (`cluster.Cluster`)."""

    hosts: tuple[str, ...] = ("https://localhost:9200",)
    index: str = "searchkit"
    user: str = ""
    password: Secret = Secret()
    password_file: Path | None = None
    api_key: Secret = Secret()
    api_key_file: Path | None = None
    ca: Path | None = None
    verify_tls: bool = True
    timeout_s: float = 10.0
    connections: int = 4
    shards: int = 1
    replicas: int = 1


class Config(Value):
    """All settings. `language` chooses the stemmer (BCP 47; "none" for exact words only); `sources` are indexed when
    no path is named; `fields` are keys of records (`ReadingOptions.fields`); `reading` bounds what a file may cost."""

    index: Path = Path("index")
    engine: str = "whoosh"
    sources: tuple[Path, ...] = ()
    language: str = "en"
    weights: Weights = Weights()
    bm25: Bm25 = Bm25()
    output: Output = Output()
    indexing: Indexing = Indexing()
    fields: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    reading: ReadingLimits = ReadingLimits()
    limits: Limits = Limits()
    opensearch: OpenSearch = OpenSearch()

    @property
    def cluster(self) -> Cluster:
        """Where the engine opensearch finds its index. Raises `ConfigError` for a secret that cannot be read."""
        from searchkit.cluster import Cluster

        chosen = self.opensearch
        plain = ("hosts", "index", "user", "ca", "verify_tls", "timeout_s", "connections", "shards", "replicas")
        return Cluster(
            **{name: getattr(chosen, name) for name in plain},
            password=_secret("password", chosen.password, chosen.password_file),
            api_key=_secret("api_key", chosen.api_key, chosen.api_key_file),
            k1=self.bm25.k1,
            b=self.bm25.b,
        )

    @property
    def ranking(self) -> Ranking:
        """The parameters of the ranking function."""
        w = self.weights
        return Ranking(w.title, w.dek, w.body, w.links, self.bm25.k1, self.bm25.b)

    @property
    def indexing_options(self) -> IndexingOptions:
        """How an engine is to index."""
        languages = (self.stemming,) if self.stemming else ()
        return IndexingOptions(self.indexing.memory_mb, self.indexing.jobs, languages)

    @property
    def stemming(self) -> str | None:
        """The language to stem in, None for none."""
        return None if self.language.lower() == "none" else self.language


class LoadedConfig(Value):
    """A configuration and, for each dotted key, where its value came from ("default", a file, a variable, a flag).

    `file` is the config.yaml of the project, None without one. `remarks` tell of variables that set nothing.
    """

    config: Config
    origins: Mapping[str, str] = MappingProxyType({})
    file: Path | None = None
    remarks: tuple[str, ...] = ()


def load(
    *,
    start: Path,
    environment: Mapping[str, str],
    flags: Mapping[str, object] | None = None,
    file: Path | None = None,
    use_files: bool = True,
    user_file: Path | None = None,
    cache: Path | None = None,
) -> LoadedConfig:
    """The settings in force for a command run in the folder `start`.

    `flags` are dotted keys with values (None: not given). `file` is read instead of the nearest config.yaml. With
    `use_files` False no file is read. What files hold is kept in the folder `cache` (`configcache`). Raises
    `ConfigError`.
    """
    if file is not None and not use_files:
        raise ConfigError("--config and --no-config contradict one another; use one of them")
    if file is not None and not _is_file(file):
        raise ConfigError(f"{file} is not a file; name an existing config.yaml or leave --config out")
    project = (file or find_file(start)) if use_files else None
    layers: list[tuple[str, dict[str, object], Path]] = []
    if use_files and user_file is not None and _is_file(user_file):
        layers.append((str(user_file), read_cached(user_file, cache), user_file.parent))
    if project is not None:
        layers.append((str(project), read_cached(project, cache), project.parent))
    layers.append(("", _from_environment(environment), start))
    layers.append(("flag", {k: v for k, v in (flags or {}).items() if v is not None}, start))
    return replace(_combine(layers, project, start), remarks=tuple(_strange_variables(environment)))


def find_file(start: Path) -> Path | None:
    """The nearest config.yaml in `start` or above it."""
    for folder in (start, *start.parents):
        candidate = folder / FILE_NAME
        if _is_file(candidate):
            return candidate
    return None


def _is_file(path: Path) -> bool:
    """Whether there is a file; False also where the folder may not be searched, which Path.is_file raises for."""
    try:
        return path.is_file()
    except OSError:
        return False


@cache
def keys() -> Mapping[str, tuple[Any, object]]:
    """Each dotted key with its type and default, in the order of `config.yaml`."""
    return dict(_keys_of(Config(), ""))


def _keys_of(defaults: Value, prefix: str) -> Iterator[tuple[str, tuple[Any, object]]]:
    kinds = get_type_hints(type(defaults))
    for name in defaults.__match_args__:
        default = getattr(defaults, name)
        if isinstance(default, Value):
            yield from _keys_of(default, f"{prefix}{name}.")
        else:
            yield prefix + name, (kinds[name], default)


def read_file(path: Path) -> dict[str, object]:
    """The dotted keys of one config.yaml. Raises `ConfigError` for what is not readable, unknown or not a mapping."""
    import yaml

    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}; mend it or use --no-config") from error
    # What looks like a date or number but is none (2017-02-30) is a plain ValueError in yaml.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is not YAML: {_one_line(error)}; mend it or use --no-config") from error
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise ConfigError(f"{path} must hold keys and values, as in the config.yaml that searchkit comes with")
    return _flatten(loaded, str(path))


def read_cached(path: Path, cache: Path | None) -> dict[str, object]:
    """As `read_file`, or what it gave for the same file as it stands (path, size, time) before: importing the YAML
    library takes longer than a whole short query. A cache that cannot be used is done without."""
    from searchkit import configcache

    if cache is None:
        return read_file(path)
    known = configcache.recall(cache, path)
    if known is None:
        known = read_file(path)
        configcache.keep(cache, path, known)
    return known


def _flatten(tree: Mapping[object, object], place: str, prefix: str = "") -> dict[str, object]:
    known = keys()
    groups = {key.partition(".")[0] for key in known if "." in key}
    flat: dict[str, object] = {}
    for name, value in tree.items():
        key = f"{prefix}{name}"
        if not prefix and key in groups:
            if value is None:
                continue
            if not isinstance(value, dict):
                raise ConfigError(f"{place}: {key} must hold keys and values of its own, not {value!r}")
            flat.update(_flatten(value, place, f"{key}."))
        elif key in known and known[key][0] is Secret and value:
            raise ConfigError(
                f"{place}: {key} is a secret, which does not belong here; set {variable(key)}, or name a file that only "
                f"you can read in {key}_file"
            )
        elif key not in known:
            raise ConfigError(f"{place}: {_unknown(key)} (if this file is not searchkit's, use --no-config)")
        elif value is not None:
            _refuse_users(key, value, place)
            flat[key] = value
    return flat


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    """`SEARCHKIT_INDEX`, `SEARCHKIT_OUTPUT_LIMIT`, ...: a dot of the key is written as an underscore."""
    import json

    found: dict[str, object] = {}
    for key, (kind, _) in keys().items():
        value = environment.get(variable(key))
        if value is None or value == "":
            continue
        if kind == tuple[str, ...]:
            found[key] = [part for part in re.split(r"[,\s]+", value) if part]
        elif get_origin(kind) is tuple:
            found[key] = [part for part in value.split(":") if part]
        elif kind in (int, float, bool) or get_origin(kind) is Mapping:
            try:
                found[key] = json.loads(value if get_origin(kind) is Mapping else value.lower())
            except ValueError:
                found[key] = value
        else:
            found[key] = value
    return found


def _strange_variables(environment: Mapping[str, str]) -> Iterator[str]:
    """What to say of each `SEARCHKIT_*` that is no setting: a slip of typing would else pass for one."""
    ours = [name for name in environment if name.startswith(ENVIRONMENT_PREFIX)]
    if not ours:
        return
    known = [*map(variable, keys()), *OTHER_VARIABLES]
    for name in sorted(set(ours).difference(known)):
        from rapidfuzz import process

        shortened = [each.removeprefix(ENVIRONMENT_PREFIX) for each in known]
        near = process.extractOne(name.removeprefix(ENVIRONMENT_PREFIX), shortened, score_cutoff=60)
        yield f"{name} is no setting and was not read" + (
            f"; did you mean {ENVIRONMENT_PREFIX}{near[0]}?" if near else ""
        )


def variable(key: str) -> str:
    """The environment variable of a dotted key."""
    return ENVIRONMENT_PREFIX + key.replace(".", "_").upper()


def _combine(layers: list[tuple[str, dict[str, object], Path]], project: Path | None, start: Path) -> LoadedConfig:
    known = keys()
    values: dict[str, object] = {}
    origins = dict.fromkeys(known, "default")
    for origin, layer, base in layers:
        for key, raw in layer.items():
            if key not in known:
                raise ConfigError(f"{origin}: {_unknown(key)}")
            place = origin or f"environment {variable(key)}"
            _refuse_users(key, raw, place)
            values[key] = _converted(key, raw, known[key][0], base, place)
            origins[key] = place
    if "index" not in values:
        # Without a setting the index lies beside the project's config.yaml, else in the folder of the command.
        values["index"] = (project.parent if project else start) / "index"
    config = _build(values)
    _check(config, origins)
    return LoadedConfig(config, origins, project)


def _converted(key: str, raw: object, kind: Any, base: Path, place: str) -> object:
    if kind == Path | None and raw == "":
        return None
    if kind in (Path, Path | None) and isinstance(raw, str | Path):
        return _path(key, raw, base, place)
    if get_origin(kind) is tuple and get_args(kind)[0] is Path:
        items = [raw] if isinstance(raw, str) else raw
        if isinstance(items, list | tuple) and all(isinstance(item, str | Path) for item in items):
            return tuple(_path(key, item, base, place) for item in items)
    if get_origin(kind) is Mapping:
        return _keys_of_fields(key, raw, place)
    if kind is float and isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) < 1e300:
        return float(raw)
    if kind is int and isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if kind is bool and isinstance(raw, bool):
        return raw
    if kind == tuple[str, ...]:
        items = [raw] if isinstance(raw, str) else raw
        if isinstance(items, list | tuple) and all(isinstance(item, str) for item in items):
            return tuple(items)
    if kind is Secret and isinstance(raw, str):
        return Secret(raw)
    if kind is str:
        if isinstance(raw, str):
            return raw
        if raw is False and key == "language":  # YAML 1.1 reads a bare `no` (Norwegian) as false
            return "no"
    if kind is Secret:
        raise ConfigError(f"{place}: {key} must be a text")  # which is not shown
    wanted = {
        Path: "a path", Path | None: "a path", float: "a number", int: "a whole number", bool: "true or false",
        str: "a word", tuple[str, ...]: "a list of texts",
    }  # fmt: skip
    raise ConfigError(f"{place}: {key} must be {wanted.get(kind, 'a list of paths')}, not {raw!r}")


def _keys_of_fields(key: str, raw: object, place: str) -> dict[str, tuple[str, ...]]:
    """The keys of records by the field that they hold; one key may stand alone."""
    from searchkit.format import FIELDS

    if not isinstance(raw, dict):
        raise ConfigError(f"{place}: {key} must map names such as title to keys of records, not {raw!r}")
    found: dict[str, tuple[str, ...]] = {}
    for name, names in raw.items():
        if name not in FIELDS:
            raise ConfigError(f"{place}: {key} names {name!r}, which is none of {', '.join(FIELDS)}")
        names = [names] if isinstance(names, str) else names
        if not isinstance(names, list | tuple) or not all(isinstance(one, str) and one.strip(" .") for one in names):
            raise ConfigError(f"{place}: {key}.{name} must be a key of records or a list of keys, not {names!r}")
        found[name] = tuple(names)
    return found


def _refuse_users(key: str, raw: object, place: str) -> None:
    """Raise `ConfigError` for URLs of hosts that hold a user: the password there would be kept and shown as they are."""
    if key == "opensearch.hosts" and "@" in str(raw):
        raise ConfigError(
            f"{place}: {key} must be URLs without a user in them; name it in opensearch.user, and set "
            f"{variable('opensearch.password')}"
        )


def _secret(name: str, given: Secret, file: Path | None) -> str:
    if given and file is not None:
        raise ConfigError(f"opensearch.{name}_file and {variable(f'opensearch.{name}')} both hold a secret; use one")
    return read_secret(file).revealed if file is not None else given.revealed


def _path(key: str, raw: str | Path, base: Path, place: str) -> Path:
    """A path as it is meant from the folder `base`: absolute, `~` expanded, without `.` and `..`."""
    text = str(raw)
    if not text or "\0" in text:
        raise ConfigError(f"{place}: {key} must be a path, not {text!r}")
    try:
        return Path(os.path.abspath(base / Path(text).expanduser()))
    except RuntimeError as error:
        raise ConfigError(f"{place}: {key} must be a path, not {text!r}: there is no such user") from error


def _build(values: Mapping[str, object]) -> Config:
    top = {key: value for key, value in values.items() if "." not in key}
    config = Config(**top)  # type: ignore[arg-type]
    for key, value in values.items():
        group, dot, name = key.partition(".")
        if dot:
            config = replace(config, **{group: replace(getattr(config, group), **{name: value})})
    return config


def _check(config: Config, origins: Mapping[str, str]) -> None:
    """Raise `ConfigError` for a value outside its range."""
    from searchkit.analysis import STEMMERS

    w, out = config.weights, config.output
    checks = [
        *((f"weights.{name}", is_weight(getattr(w, name)), WEIGHTS) for name in TEXT_FIELDS),
        ("bm25.k1", config.bm25.k1 >= 0, "0 or more"),
        ("bm25.b", 0 <= config.bm25.b <= 1, "between 0 and 1"),
        ("output.limit", out.limit >= 0, "0 (all) or more"),
        ("output.sort", out.sort in SORTS, "one of " + ", ".join(SORTS)),
        ("output.color", out.color in COLORS, "one of " + ", ".join(COLORS)),
        ("output.snippets", out.snippets >= 0, "0 or more"),
        ("output.snippet_chars", out.snippet_chars >= 20, "20 or more"),
        ("indexing.memory_mb", config.indexing.memory_mb >= 32, "32 or more"),
        ("indexing.jobs", config.indexing.jobs >= 0, "0 (one a processor) or more"),
        *(
            (f"reading.{name}", getattr(config.reading, name) >= least, f"{least} or more")
            for name, least in _LEAST.items()
        ),
        ("limits.timeout_s", 0 < config.limits.timeout_s <= 1e6, "above 0, at most 1000000"),
        ("limits.expansions", config.limits.expansions > 0, "above 0"),
        ("opensearch.timeout_s", 0 < config.opensearch.timeout_s <= 1e6, "above 0, at most 1000000"),
        ("opensearch.connections", 1 <= config.opensearch.connections <= 64, "1 to 64"),
        ("opensearch.shards", 1 <= config.opensearch.shards <= 1024, "1 to 1024"),
        ("opensearch.replicas", 0 <= config.opensearch.replicas <= 32, "0 to 32"),
        (
            "language",
            config.stemming is None or config.language.lower().partition("-")[0] in STEMMERS,
            "none, or one of " + ", ".join(sorted(STEMMERS)),
        ),
    ]
    for key, holds, wanted in checks:
        if not holds:
            raise ConfigError(f"{origins[key]}: {key} must be {wanted}, not {value_of(config, key)!r}")


def value_of(config: Config, key: str) -> object:
    """The value of a dotted key."""
    value: object = config
    for name in key.split("."):
        value = getattr(value, name)
    return value


def _unknown(key: str) -> str:
    from rapidfuzz import process

    known = list(keys())
    near = process.extractOne(key, known, score_cutoff=60)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
    return f"unknown setting {key!r}; {hint}"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
