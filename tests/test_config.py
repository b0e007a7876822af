"""Settings: where they come from, which one wins, and how wrong ones fail."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
import yaml

from searchkit.cluster import Cluster
from searchkit.config import Config, LoadedConfig, find_file, keys, load, read_file, value_of, variable
from searchkit.engine import IndexingOptions, Ranking
from searchkit.errors import ConfigError

REPOSITORY = Path(__file__).parent.parent


def loaded(start: Path, environment: dict[str, str] | None = None, **options: object) -> LoadedConfig:
    return load(start=start, environment=environment or {}, **options)  # type: ignore[arg-type]


def written(folder: Path, text: str, name: str = "config.yaml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


# --- where values come from --------------------------------------------------------------------------------------


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    """The defaults are those of `Config`, with the index in the folder of the command."""
    found = loaded(tmp_path)
    assert found.config == Config(index=tmp_path / "index")
    assert found.file is None
    assert set(found.origins.values()) == {"default"}


def test_every_layer_beats_the_one_below(tmp_path: Path) -> None:
    """Flags beat variables, variables the project's file, that file the user's, and that the defaults."""
    user = written(tmp_path / "home", "output: {limit: 1, snippets: 1, snippet_chars: 101}\nbm25: {k1: 1}")
    project = written(tmp_path / "project", "output: {limit: 2, snippets: 2, snippet_chars: 102}")
    environment = {"SEARCHKIT_OUTPUT_LIMIT": "3", "SEARCHKIT_OUTPUT_SNIPPETS": "3"}
    found = loaded(project.parent, environment, user_file=user, flags={"output.limit": 4})
    assert found.config.output.limit == 4
    assert found.config.output.snippets == 3
    assert found.config.output.snippet_chars == 102
    assert found.config.bm25.k1 == 1.0
    assert {key: found.origins[key] for key in ("output.limit", "output.snippets", "output.snippet_chars")} == {
        "output.limit": "flag",
        "output.snippets": "environment SEARCHKIT_OUTPUT_SNIPPETS",
        "output.snippet_chars": str(project),
    }
    assert (found.origins["bm25.k1"], found.origins["bm25.b"]) == (str(user), "default")


def test_flags_that_were_not_given_change_nothing(tmp_path: Path) -> None:
    """A flag of None is no flag; False and 0 are values."""
    flags = {"output.limit": None, "output.pager": False, "output.snippets": 0}
    found = loaded(tmp_path, flags=flags).config.output
    assert (found.limit, found.pager, found.snippets) == (10, False, 0)


def test_the_nearest_file_upwards_is_found(tmp_path: Path) -> None:
    """Of the files above the folder the nearest counts, and it alone."""
    written(tmp_path, "language: de\nengine: other")
    nearest = written(tmp_path / "a", "language: fr")
    start = tmp_path / "a" / "b" / "c"
    start.mkdir(parents=True)
    assert find_file(start) == nearest
    found = loaded(start)
    assert (found.file, found.config.language, found.config.engine) == (nearest, "fr", "whoosh")


def test_a_folder_named_config_yaml_is_passed_over(tmp_path: Path) -> None:
    """Only files are read."""
    (tmp_path / "a" / "config.yaml").mkdir(parents=True)
    assert find_file(tmp_path / "a") is None


def test_a_named_file_is_read_instead_of_the_nearest(tmp_path: Path) -> None:
    """`file` takes the place of the project's file, and paths in it count from its folder."""
    written(tmp_path, "language: de")
    other = written(tmp_path / "other", "index: x", "my.yaml")
    found = loaded(tmp_path, file=other)
    assert (found.config.language, found.config.index, found.file) == ("en", tmp_path / "other" / "x", other)


def test_without_files_only_variables_and_flags_count(tmp_path: Path) -> None:
    """`use_files` False reads neither the project's file nor the user's."""
    file = written(tmp_path, "language: de")
    found = loaded(tmp_path, {"SEARCHKIT_BM25_B": "0.5"}, use_files=False, user_file=file)
    assert (found.config.language, found.config.bm25.b, found.file) == ("en", 0.5, None)


def test_a_missing_named_file_is_an_error(tmp_path: Path) -> None:
    """A file named on purpose must exist, and must not be forbidden at once."""
    with pytest.raises(ConfigError, match=r"none\.yaml is not a file"):
        loaded(tmp_path, file=tmp_path / "none.yaml")
    with pytest.raises(ConfigError, match="--config and --no-config"):
        loaded(tmp_path, file=written(tmp_path, ""), use_files=False)


def test_paths_count_from_what_states_them(tmp_path: Path) -> None:
    """Paths of a file count from its folder, those of variables and flags from the folder of the command."""
    written(tmp_path, "index: ../i\nsources: [a/, /b, ./c/../d]")
    start = tmp_path / "sub"
    start.mkdir()
    found = loaded(start).config
    assert found.index == tmp_path.parent / "i"
    assert found.sources == (tmp_path / "a", Path("/b"), tmp_path / "d")
    assert loaded(start, {"SEARCHKIT_INDEX": "i", "SEARCHKIT_SOURCES": "x:/y"}).config.index == start / "i"
    assert loaded(start, {"SEARCHKIT_SOURCES": "x:/y"}).config.sources == (start / "x", Path("/y"))
    assert loaded(start, flags={"index": "."}).config.index == start


def test_the_index_lies_beside_the_project_file(tmp_path: Path) -> None:
    """Without a setting the index is in the folder of the project's file, from wherever the command is run."""
    written(tmp_path, "")
    (tmp_path / "sub").mkdir()
    assert loaded(tmp_path / "sub").config.index == tmp_path / "index"


def test_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A leading ~ is the home folder."""
    monkeypatch.setenv("HOME", "/home/someone")
    written(tmp_path, "index: ~/i\nsources: ~/s")
    found = loaded(tmp_path).config
    assert (found.index, found.sources) == (Path("/home/someone/i"), (Path("/home/someone/s"),))


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("output.limit", "5", 5),
        ("output.pager", "false", False),
        ("output.pager", "TRUE", True),
        ("weights.title", "2", 2.0),
        ("weights.title", "2.5", 2.5),
        ("language", "de", "de"),
        ("engine", "memory", "memory"),
    ],
)
def test_variables_are_read_by_the_type_of_their_key(tmp_path: Path, key: str, text: str, value: object) -> None:
    """A variable's text becomes a number, a truth value or a word, as its key wants."""
    assert value_of(loaded(tmp_path, {variable(key): text}).config, key) == value


def test_an_empty_variable_is_none(tmp_path: Path) -> None:
    """An empty variable means the same as an unset one, and other programs' variables mean nothing."""
    found = loaded(tmp_path, {"SEARCHKIT_LANGUAGE": "", "SEARCHKIT_PAGER": "less", "LANGUAGE": "de"})
    assert found.config.language == "en"


@pytest.mark.parametrize("text", ["", "# nothing", "output:", "language:\noutput: {limit: }"])
def test_empty_values_leave_the_default(tmp_path: Path, text: str) -> None:
    """A key without value, a group without keys and an empty file are as if left out."""
    written(tmp_path, text)
    assert loaded(tmp_path).config == Config(index=tmp_path / "index")


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        ("fields: {title: meta.headline, body: [txt, lead]}", {}),
        ("fields: {title: x}", {"SEARCHKIT_FIELDS": '{"title": "meta.headline", "body": ["txt", "lead"]}'}),
    ],
)
def test_fields_name_keys_of_records(tmp_path: Path, text: str, environment: dict[str, str]) -> None:
    """A field has one key or several; the variable holds them as JSON."""
    written(tmp_path, text)
    assert loaded(tmp_path, environment).config.fields == {"title": ("meta.headline",), "body": ("txt", "lead")}


def test_norwegian_is_a_language(tmp_path: Path) -> None:
    """YAML's reading of a bare `no` as false does not lose Norwegian."""
    written(tmp_path, "language: no")
    assert loaded(tmp_path).config.language == "no"


def test_none_switches_stemming_off(tmp_path: Path) -> None:
    """The language `none` means exact words."""
    assert loaded(tmp_path, {"SEARCHKIT_LANGUAGE": "none"}).config.stemming is None
    assert loaded(tmp_path, {"SEARCHKIT_LANGUAGE": "en-GB"}).config.stemming == "en-GB"


def test_ranking_is_made_of_weights_and_bm25(tmp_path: Path) -> None:
    """The ranking handed to engines holds every parameter."""
    written(tmp_path, "weights: {title: 5, dek: 4, body: 3, links: 2}\nbm25: {k1: 0.5, b: 0.25}")
    assert loaded(tmp_path).config.ranking == Ranking(5.0, 4.0, 3.0, 2.0, 0.5, 0.25)


@pytest.mark.parametrize(("language", "languages"), [("de", ("de",)), ("en-GB", ("en-GB",)), ("none", ())])
def test_indexing_options_are_made_of_the_settings(tmp_path: Path, language: str, languages: tuple[str, ...]) -> None:
    """An engine is told what it may use, and the one language to prepare inflections in, if any."""
    written(tmp_path, f"language: {language}\nindexing: {{memory_mb: 64, jobs: 3}}")
    assert loaded(tmp_path).config.indexing_options == IndexingOptions(64, 3, languages)


# --- errors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("langauge: en", "unknown setting 'langauge'; did you mean 'language'?"),
        ("output: {limits: 5}", "unknown setting 'output.limits'; did you mean 'output.limit'?"),
        ("output.limt: 5", "did you mean 'output.limit'?"),
        ("zzz: 1", "known are index, engine"),
        ("1: x", "unknown setting '1'"),
        ("services: {web: {image: x}}", "use --no-config"),
        ("output: 5", "output must hold keys and values of its own, not 5"),
        ("- a", "must hold keys and values"),
        ("just text", "must hold keys and values"),
        ("a: [", "is not YAML"),
        ("language: 2017-02-30", "is not YAML"),
        ("a: " + "[" * 5000, "is not YAML"),
        ("output: {limit: ten}", "output.limit must be a whole number, not 'ten'"),
        ("output: {limit: 1.5}", "output.limit must be a whole number, not 1.5"),
        ("output: {limit: true}", "output.limit must be a whole number, not True"),
        ("output: {limit: -1}", "output.limit must be 0 (all) or more, not -1"),
        ("output: {pager: 1}", "output.pager must be true or false, not 1"),
        ("output: {sort: best}", "output.sort must be one of score, date, title, not 'best'"),
        ("output: {color: yes}", "output.color must be a word, not True"),
        ("output: {color: red}", "output.color must be one of auto, always, never"),
        ("output: {snippets: -1}", "output.snippets must be 0 or more"),
        ("output: {snippet_chars: 5}", "output.snippet_chars must be 20 or more"),
        ("weights: {title: -1}", "weights.title must be 0, or 0.001 to 1000"),
        ("weights: {title: 1001}", "weights.title must be 0, or 0.001 to 1000"),
        ("weights: {title: 0.0009}", "weights.title must be 0, or 0.001 to 1000"),
        ("weights: {title: .inf}", "weights.title must be a number, not inf"),
        ("weights: {title: .nan}", "weights.title must be a number, not nan"),
        ("weights: {title: " + "9" * 400 + "}", "weights.title must be a number"),
        ("bm25: {k1: -0.1}", "bm25.k1 must be 0 or more"),
        ("bm25: {b: 1.1}", "bm25.b must be between 0 and 1"),
        ("limits: {timeout_s: 0}", "limits.timeout_s must be above 0"),
        ("limits: {timeout_s: 10000000}", "limits.timeout_s must be above 0"),
        ("limits: {expansions: 0}", "limits.expansions must be above 0"),
        ("indexing: {memory_mb: 31}", "indexing.memory_mb must be 32 or more, not 31"),
        ("indexing: {memory_mb: 64.5}", "indexing.memory_mb must be a whole number, not 64.5"),
        ("indexing: {jobs: -1}", "indexing.jobs must be 0 (one a processor) or more, not -1"),
        ("reading: {ratio: 1}", "reading.ratio must be 2 or more, not 1"),
        ("reading: {extraction_s: 0}", "reading.extraction_s must be 0.1 or more, not 0.0"),
        ("reading: {nesting: -1}", "reading.nesting must be 0 or more, not -1"),
        ("reading: {file_mb: 1.5}", "reading.file_mb must be a whole number, not 1.5"),
        ("reading: {extraction_s: .nan}", "reading.extraction_s must be"),
        ("indexing: {job: 1}", "did you mean 'indexing.jobs'?"),
        ("language: xx", "language must be none, or one of ar,"),
        ("index: [a]", "index must be a path, not ['a']"),
        ("index: ''", "index must be a path, not ''"),
        ('index: "a\\0b"', "index must be a path"),
        ("index: ~nobody-of-that-name/x", "there is no such user"),
        ("sources: [1]", "sources must be a list of paths, not [1]"),
        ("sources: ['']", "sources must be a path, not ''"),
        ("sources: {a: b}", "sources must be a list of paths"),
        ("fields: [title]", "fields must map names such as title to keys of records, not ['title']"),
        ("fields: {titel: x}", "fields names 'titel', which is none of id, title, body"),
        ("fields: {title: 5}", "fields.title must be a key of records or a list of keys, not 5"),
        ("fields: {title: [a, ' . ']}", "fields.title must be a key of records or a list of keys, not ['a', ' . ']"),
        ("fields: {1: x}", "fields names 1, which"),
    ],
)
def test_wrong_files_name_file_key_and_trouble(tmp_path: Path, text: str, message: str) -> None:
    """Unknown keys, wrong types and values out of range are errors that name the file, the key and what is wanted."""
    file = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path)
    assert str(caught.value).startswith(str(file))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("environment", "flags", "place"),
    [
        ({"SEARCHKIT_OUTPUT_LIMIT": "ten"}, {}, "environment SEARCHKIT_OUTPUT_LIMIT: output.limit"),
        ({"SEARCHKIT_WEIGHTS_BODY": "nan"}, {}, "environment SEARCHKIT_WEIGHTS_BODY: weights.body"),
        ({"SEARCHKIT_FIELDS": "title"}, {}, "environment SEARCHKIT_FIELDS: fields must map"),
        ({"SEARCHKIT_LANGUAGE": "xx"}, {}, "environment SEARCHKIT_LANGUAGE: language"),
        ({}, {"language": "xx"}, "flag: language"),
        ({}, {"index": ""}, "flag: index"),
        ({}, {"langauge": "en"}, "flag: unknown setting 'langauge'"),
    ],
)
def test_wrong_variables_and_flags_are_named(
    tmp_path: Path, environment: dict[str, str], flags: dict[str, object], place: str
) -> None:
    """An error tells the variable or flag that it comes from."""
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, environment, flags=flags)
    assert str(caught.value).startswith(place)


def test_files_that_cannot_be_read_are_errors(tmp_path: Path) -> None:
    """A file that is not UTF-8, or no longer there, is a `ConfigError` that names it."""
    file = tmp_path / "config.yaml"
    file.write_bytes(b"language: \xff\xfe")
    for path in (file, tmp_path / "none.yaml"):
        with pytest.raises(ConfigError, match=rf"{path.name} cannot be read: .*--no-config"):
            read_file(path)


def test_yaml_makes_no_objects(tmp_path: Path) -> None:
    """A configuration can hold data only."""
    written(tmp_path, "language: !!python/object/apply:os.getcwd []")
    with pytest.raises(ConfigError, match="is not YAML"):
        loaded(tmp_path)


# --- the cluster -------------------------------------------------------------------------------------------------


def test_a_cluster_is_made_of_its_settings(tmp_path: Path) -> None:
    """Hosts are a list in the file and parted by commas in the variable; paths count from the file; k1 and b go along."""
    written(
        tmp_path, "opensearch: {hosts: [https://a:1, https://b:2], user: me, ca: ca.pem, shards: 3}\nbm25: {k1: 1.2}"
    )
    assert loaded(tmp_path).config.cluster == Cluster(
        ("https://a:1", "https://b:2"), user="me", ca=tmp_path / "ca.pem", shards=3, k1=1.2
    )
    found = loaded(tmp_path, {"SEARCHKIT_OPENSEARCH_HOSTS": "http://c:3, http://d:4", "SEARCHKIT_OPENSEARCH_CA": ""})
    assert found.config.opensearch.hosts == ("http://c:3", "http://d:4")
    assert loaded(tmp_path, use_files=False).config.cluster == Cluster()


def test_secrets_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    """A variable or a file of mode 0600, not both."""
    (tmp_path / "key").write_text("from file\n")
    (tmp_path / "key").chmod(0o600)
    written(tmp_path, "opensearch: {api_key_file: key}")
    environment = {"SEARCHKIT_OPENSEARCH_PASSWORD": "from variable"}
    cluster = loaded(tmp_path, environment).config.cluster
    assert (cluster.password, cluster.api_key) == ("from variable", "from file")
    with pytest.raises(ConfigError, match="SEARCHKIT_OPENSEARCH_API_KEY both"):
        _ = loaded(tmp_path, {"SEARCHKIT_OPENSEARCH_API_KEY": "x"}).config.cluster


@pytest.mark.parametrize("key", ["password", "api_key"])
def test_secrets_in_a_file_of_settings_are_refused(tmp_path: Path, key: str) -> None:
    """The message says where they belong, does not show them, and nothing of them is kept in the cache."""
    written(tmp_path, f"opensearch: {{{key}: geheim}}")
    with pytest.raises(ConfigError, match=f"SEARCHKIT_OPENSEARCH_{key.upper()}.*{key}_file") as told:
        loaded(tmp_path, cache=tmp_path / "cache")
    assert "geheim" not in str(told.value)
    assert not list((tmp_path / "cache").rglob("*"))
    with pytest.raises(ConfigError) as told:
        loaded(tmp_path / "none", flags={f"opensearch.{key}": ["geheim"]})
    assert "geheim" not in str(told.value)


def test_passwords_in_urls_of_hosts_are_refused(tmp_path: Path) -> None:
    """Neither a file nor a variable may hold them there; the message does not show them, and no cache keeps them."""
    written(tmp_path, "opensearch: {hosts: ['https://a:1', 'https://me:geheim@b:2']}")
    environment = {"SEARCHKIT_OPENSEARCH_HOSTS": "https://me:geheim@b:2"}
    for folder, variables in ((tmp_path, {}), (tmp_path / "none", environment)):
        with pytest.raises(ConfigError, match=r"opensearch\.hosts.*SEARCHKIT_OPENSEARCH_PASSWORD") as told:
            loaded(folder, variables, cache=tmp_path / "cache")
        assert "geheim" not in str(told.value)
    assert not list((tmp_path / "cache").rglob("*"))


@pytest.mark.parametrize(
    "text", ["hosts: 3", "hosts: [3]", "shards: 0", "replicas: -1", "connections: 0", "timeout_s: 0"]
)
def test_settings_of_the_cluster_are_checked(tmp_path: Path, text: str) -> None:
    """Out of range, or not a list of texts."""
    written(tmp_path, f"opensearch: {{{text}}}")
    with pytest.raises(ConfigError, match=f"opensearch.{text.partition(':')[0]} must be"):
        loaded(tmp_path)


# --- the file that searchkit comes with --------------------------------------------------------------------------


def test_the_config_file_of_the_repository_shows_each_default() -> None:
    """`config.yaml` holds every key, with its default but for the place of the index and the sample sources."""
    shown = read_file(REPOSITORY / "config.yaml")
    assert list(shown) == list(keys())
    config = loaded(REPOSITORY).config
    for key, (_, default) in keys().items():
        if key not in ("index", "sources"):
            assert value_of(config, key) == default
    assert (config.index, config.sources) == (REPOSITORY / "index", (REPOSITORY / "seeds",))


def test_every_key_of_the_config_file_is_commented() -> None:
    """Each line with a key tells what it is, on itself or in the group's."""
    lines = (REPOSITORY / "config.yaml").read_text(encoding="utf-8").splitlines()
    bare = [line for line in lines if line.strip() and "#" not in line and not line.strip().startswith("- ")]
    assert [line.strip() for line in bare] == ["title: 3.0", "body: 1.0", "output:", "indexing:"]


def test_keys_are_the_fields_of_the_configuration() -> None:
    """One key is one field of `Config` or of one of its groups."""
    groups = {item.name: getattr(Config(), item.name) for item in fields(Config)}
    expected = [
        f"{name}.{inner.name}" if is_dataclass(value) else name
        for name, value in groups.items()
        for inner in (fields(value) if is_dataclass(value) else (None,))
        if inner is not None or not is_dataclass(value)
    ]
    assert list(keys()) == expected
    assert yaml.safe_load((REPOSITORY / "config.yaml").read_text(encoding="utf-8")).keys() == groups.keys()


def test_variables_that_set_nothing_are_told(tmp_path: Path) -> None:
    """A slip in a name is remarked with the nearest one; what belongs to searchkit otherwise is not."""
    variables = {
        "SEARCHKIT_OUTPT_LIMIT": "3",
        "SEARCHKIT_PAGER": "less",
        "SEARCHKIT_INDEX": "x",
        "SEARCHKITS": "y",
        "A": "b",
    }
    remarks = load(start=tmp_path, environment=variables, use_files=False).remarks
    told = "SEARCHKIT_OUTPT_LIMIT is no setting and was not read; did you mean SEARCHKIT_OUTPUT_LIMIT?"
    assert remarks == (told,)
    assert load(start=tmp_path, environment={"SEARCHKIT_QQQQ": ""}, use_files=False).remarks == (
        "SEARCHKIT_QQQQ is no setting and was not read",
    )
