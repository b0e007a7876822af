"""What the cluster's script needs, and what it leaves alone; none of this starts a node."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.opensearch import java
from tests.opensearch.java import ClusterError
from tests.opensearch.nodes import Cluster

_SCRIPT = Path(__file__).with_name("cluster")


def _jdk(home: Path, version: str, *programs: str) -> Path:
    (home / "bin").mkdir(parents=True)
    (home / "release").write_text(f'IMPLEMENTOR="X"\nJAVA_VERSION="{version}"\n')
    for program in programs:
        (home / "bin" / program).touch()
    return home


def test_the_version_of_a_jdk_is_read_from_its_release_file(tmp_path: Path) -> None:
    """New and old ways to number a release are both understood."""
    assert java.java_version(_jdk(tmp_path / "a", "25.0.3", "java", "javac")) == 25
    assert java.java_version(_jdk(tmp_path / "b", "1.8.0_402", "java", "javac")) == 8


def test_a_runtime_without_a_compiler_is_no_jdk(tmp_path: Path) -> None:
    """The node's program is compiled when it starts, so a runtime alone does not do."""
    assert java.java_version(_jdk(tmp_path, "21", "java")) == 0


def test_the_newest_jdk_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A default that is too old does not hide a newer one beside it."""
    homes = [_jdk(tmp_path / version, version, "java", "javac") for version in ("17.0.1", "25", "21")]
    monkeypatch.setattr(java, "_homes", lambda: iter(homes))
    assert java.find_java() == tmp_path / "25" / "bin" / "java"


def test_only_older_jdks_are_named_with_what_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what was found and what to install."""
    monkeypatch.setattr(java, "_homes", lambda: iter([_jdk(tmp_path / "old", "17.0.1", "java", "javac")]))
    with pytest.raises(ClusterError, match=r"a JDK of 21 or newer; found: .*old \(17\)"):
        java.find_java()


def test_without_maven_the_message_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Maven is named, and what it is for."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ClusterError, match="no mvn on PATH; install maven"):
        java.find_maven()


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    """A cluster neither starts in a folder that holds other files nor removes one."""
    (tmp_path / "thesis.txt").write_text("all of it")
    with pytest.raises(ClusterError, match="holds something else"):
        Cluster(tmp_path).start()
    Cluster(tmp_path).stop()
    assert (tmp_path / "thesis.txt").read_text() == "all of it"


def test_a_process_that_got_the_number_of_a_node_is_left_alone(tmp_path: Path) -> None:
    """Stopping ends a process only if it runs a node of this folder."""
    (tmp_path / "cluster.json").write_text(
        f'{{"nodes": [{{"number": 1, "http_port": 1, "transport_port": 2, "pid": {os.getpid()}}}]}}'
    )
    cluster = Cluster(tmp_path)
    assert not cluster.is_running(cluster.node(1))
    cluster.stop()
    assert not tmp_path.exists()


def test_the_script_ends_with_a_reason(tmp_path: Path) -> None:
    """What cannot be done is one line on standard error and status 2; nothing answers is status 1."""
    command = [sys.executable, _SCRIPT, "status", "--at", tmp_path]
    status = subprocess.run(command, capture_output=True, text=True)
    assert (status.returncode, status.stdout) == (1, "no node answers\n")
    command = [sys.executable, _SCRIPT, "kill-nodes", "1", "--at", tmp_path]
    killed = subprocess.run(command, capture_output=True, text=True)
    assert (killed.returncode, killed.stdout) == (2, "")
    assert killed.stderr == f"cluster: there is no node 1 in {tmp_path}; start the cluster first\n"
