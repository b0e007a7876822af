"""The command line with an index in a cluster: the same commands, and what is said when the cluster cannot be reached.

Those that need a cluster use the one that SEARCHKIT_TEST_OPENSEARCH names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.cli.running import Shell
from tests.engines.clusters import needs_cluster, new_cluster_index
from tests.engines.opensearch.fake import fake_cluster, free_url


def line(name: str, body: str = "", **values: str) -> str:
    return json.dumps({"id": name, "title": name, "body": body, **values}) + "\n"


@pytest.mark.parametrize("arguments", [("query", "mosul"), ("stats",), ("show", "ab"), ("index", "-")])
def test_a_cluster_that_is_off_is_an_error(shell: Shell, arguments: tuple[str, ...]) -> None:
    """Status 2, a message that names the host and the setting, and nothing on standard output."""
    url = free_url()
    done = shell(*arguments, env={"SEARCHKIT_ENGINE": "opensearch", "SEARCHKIT_OPENSEARCH_HOSTS": url})
    assert (done.status, done.out) == (2, "")
    assert url in done.err and "opensearch.hosts" in done.err
    assert "Traceback" not in done.err


def test_secrets_are_never_shown(shell: Shell) -> None:
    """Neither by `config show`, nor in errors, nor with -v."""
    with fake_cluster(about=(401, {"error": "Unauthorized"})) as fake:
        env = {
            "SEARCHKIT_ENGINE": "opensearch",
            "SEARCHKIT_OPENSEARCH_HOSTS": fake.url,
            "SEARCHKIT_OPENSEARCH_USER": "me",
            "SEARCHKIT_OPENSEARCH_PASSWORD": "geheim",
        }
        runs = [shell("config", "show", env=env), shell("config", "show", "--json", env=env)]
        runs.append(shell("query", "-v", "mosul", env=env))
    assert [done.status for done in runs] == [0, 0, 2]
    assert all("geheim" not in done.out + done.err for done in runs)
    assert "opensearch.password\t(hidden)\tenvironment SEARCHKIT_OPENSEARCH_PASSWORD" in runs[0].out
    assert "user me" in runs[2].err


def test_unverified_certificates_are_warned_of(shell: Shell) -> None:
    """The warning is a line of ours on standard error."""
    env = {
        "SEARCHKIT_ENGINE": "opensearch",
        "SEARCHKIT_OPENSEARCH_HOSTS": free_url().replace("http:", "https:"),
        "SEARCHKIT_OPENSEARCH_VERIFY_TLS": "false",
    }
    done = shell("query", "mosul", env=env)
    assert done.status == 2
    assert "searchkit: warning: the certificates of the OpenSearch hosts are not verified" in done.err


@pytest.fixture
def env() -> Iterator[dict[str, str]]:
    with new_cluster_index() as cluster:
        yield {
            "SEARCHKIT_ENGINE": "opensearch",
            "SEARCHKIT_OPENSEARCH_HOSTS": ",".join(cluster.hosts),
            "SEARCHKIT_OPENSEARCH_INDEX": cluster.index,
            "SEARCHKIT_OPENSEARCH_REPLICAS": "0",
        }


@needs_cluster
def test_the_same_commands_with_the_same_output(shell: Shell, env: dict[str, str]) -> None:
    """What the default engine writes to standard output, the cluster does too, in every format that shows no scores."""
    for number in range(4):
        body = f"The Mosul strike, part {number}. " + "Strikes! " * number
        (shell.folder / f"{number}.jsonl").write_text(line(str(number), body, date=f"2017-03-1{number}"))
    missing = shell("query", "mosul", env=env)
    assert missing.status == 2 and "searchkit index PATH" in missing.err
    for chosen in ({}, env):
        assert shell("index", ".", env=chosen).status == 0
    runs = (
        ("query", "-l", "--sort", "date", "striking"),
        ("query", "-c", "mosul strike"),
        ("query", "-n", "0", "--sort", "title", "--template", "{title} {date}", "str*"),
        ("query", "-q", "mosul -strike"),
        ("query", "--format", "tsv", "--sort", "date", "nothing"),
        ("show", "1.jsonl#1"),
    )
    for arguments in runs:
        here, there = shell(*arguments), shell(*arguments, env=env)
        assert (there.status, there.out) == (here.status, here.out), arguments
    again = shell("index", ".", env=env)
    assert "4 unchanged" in again.err and again.status == 0
    assert json.loads(shell("stats", "--json", env=env).out)["articles"] == 4


@needs_cluster
def test_what_the_embedded_engine_alone_can_is_told(shell: Shell, env: dict[str, str]) -> None:
    """`verify` and `rollback` say that the engine has nothing of the kind."""
    (shell.folder / "a.jsonl").write_text(line("a"))
    shell("index", "a.jsonl", env=env)
    done = shell("verify", env=env)
    assert done.status == 2 and "opensearch keeps no generations" in done.err
