"""compose.yaml: what it asks for, what it opens, and the script by which it makes certificates and its one user."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.opensearch.java import RUNNER

_COMPOSE = Path(__file__).parents[2] / "compose.yaml"
# Stand-ins for programs of the image: each makes the file it is told to, and says what the real one would.
_KEYTOOL = """#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in -keystore | -file | -outfile) touch "$2";; esac
  shift
done
"""
_HASH = """[ "$1" = -env ] || exit 9
printf '$2y$12$of-%s\\n' "${!2}"
"""


@pytest.fixture
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_COMPOSE.read_text("utf-8"))
    return loaded


def _nodes(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: service for name, service in compose["services"].items() if name.startswith("node-")}


def test_it_starts_the_version_that_the_tests_run_on(compose: dict[str, Any]) -> None:
    """The image has the version of the nodes from Maven Central, whose own last number is left out."""
    version = RUNNER.rpartition(":")[2].rpartition(".")[0]
    assert {service["image"] for service in compose["services"].values()} == {f"opensearchproject/opensearch:{version}"}
    assert list(_nodes(compose)) == ["node-1", "node-2", "node-3"]


def test_no_password_stands_in_it(compose: dict[str, Any]) -> None:
    """Each password is a variable that must be given; there is no default."""
    passwords = [
        value
        for service in compose["services"].values()
        for name, value in service["environment"].items()
        if "password" in name.lower()
    ]
    assert len(passwords) == 2 + 3 * 5
    assert all(":?" in value and value.startswith("${OPENSEARCH_") for value in passwords)


def test_only_this_machine_reaches_the_nodes(compose: dict[str, Any]) -> None:
    """Ports are bound to the loopback address, one for each node."""
    ports = [port for node in _nodes(compose).values() for port in node["ports"]]
    assert len(ports) == 3
    assert all(port.startswith("127.0.0.1:") and port.endswith(":9200") for port in ports)


def test_the_nodes_differ_in_name_port_and_data_alone(compose: dict[str, Any]) -> None:
    """What is said for one node is said for all."""
    texts = [yaml.safe_dump(node) for node in _nodes(compose).values()]
    texts = [text.replace(f"node-{n}", "NAME").replace(f"data-{n}", "DATA") for n, text in enumerate(texts, 1)]
    texts = [text.replace(f"PORT_{n}:-{9199 + n}", "PORT") for n, text in enumerate(texts, 1)]
    settings = compose["x-settings"]["discovery.seed_hosts"]
    texts = [text.replace(settings.replace(f"node-{n}", "NAME"), "ALL") for n, text in enumerate(texts, 1)]
    assert texts[0] == texts[1] == texts[2]


def _make_secrets(compose: dict[str, Any], folder: Path, hash_script: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the service `secrets` with stand-ins for the image."""
    image, certificates, security = folder / "image", folder / "certificates", folder / "security"
    keytool = image / "jdk" / "bin" / "keytool"
    hasher = image / "plugins" / "opensearch-security" / "tools" / "hash.sh"
    users = image / "config" / "opensearch-security" / "internal_users.yml"
    for parent in (keytool.parent, hasher.parent, users.parent, certificates, security):
        parent.mkdir(parents=True, exist_ok=True)
    keytool.write_text(_KEYTOOL)
    keytool.chmod(0o755)
    hasher.write_text(hash_script)
    users.write_text("readall: {hash: public}\n")
    users.with_name("roles.yml").write_text("roles: all\n")
    service = compose["services"]["secrets"]
    environment = os.environ | {
        "OPENSEARCH": str(image),
        "CERTIFICATES": str(certificates),
        "SECURITY": str(security),
        "OWNER": f"{os.getuid()}:{os.getgid()}",
        "OPENSEARCH_PASSWORD": "secret",
        "OPENSEARCH_STORE_PASSWORD": "other secret",
    }
    command = [*service["entrypoint"], *(line.replace("$$", "$") for line in service["command"])]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_the_one_user_has_the_password_given(compose: dict[str, Any], tmp_path: Path) -> None:
    """The users of the image, whose passwords everybody knows, are left out; its other files are kept."""
    made = _make_secrets(compose, tmp_path, _HASH)
    assert made.returncode == 0, made.stderr
    users = yaml.safe_load((tmp_path / "security" / "internal_users.yml").read_text())
    assert set(users) == {"_meta", "admin"}
    assert users["admin"]["hash"] == "$2y$12$of-secret"
    assert (tmp_path / "security" / "roles.yml").exists()


def test_keys_are_for_their_owner_and_that_of_the_authority_is_gone(compose: dict[str, Any], tmp_path: Path) -> None:
    """What signs certificates is thrown away, and nobody else reads what is left."""
    _make_secrets(compose, tmp_path, _HASH)
    files = sorted(path.name for path in (tmp_path / "certificates").iterdir())
    assert files == ["ca.pem", "node.p12", "node.pem", "trust.p12"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "certificates").iterdir())


def test_secrets_are_made_once(compose: dict[str, Any], tmp_path: Path) -> None:
    """A second start keeps certificates and user as they are."""
    _make_secrets(compose, tmp_path, _HASH)
    (tmp_path / "certificates" / "ca.pem").write_text("kept")
    assert _make_secrets(compose, tmp_path, "exit 1").returncode == 0
    assert (tmp_path / "certificates" / "ca.pem").read_text() == "kept"


@pytest.mark.parametrize("hash_script", ["exit 1", "echo no hash"])
def test_a_failure_leaves_no_user(compose: dict[str, Any], tmp_path: Path, hash_script: str) -> None:
    """Where the hash of the password cannot be made, the nodes do not start, and the next start tries again."""
    assert _make_secrets(compose, tmp_path, hash_script).returncode != 0
    assert not (tmp_path / "security" / "internal_users.yml").exists()
    assert _make_secrets(compose, tmp_path, _HASH).returncode == 0
