"""Requests: which host answers, what is sent again, and what errors say."""

from __future__ import annotations

import shutil
import subprocess
import time
import warnings
from pathlib import Path
from threading import Event

import pytest

from searchkit.cluster import Cluster
from searchkit.engines.opensearch import connection as connection_module
from searchkit.engines.opensearch.connection import Connection, RequestError, UnansweredError
from searchkit.errors import ConfigError, EngineError, EngineUnavailableError
from tests.engines.opensearch.fake import ABOUT, Answer, Asked, fake_cluster, free_url


def test_a_cluster_that_is_off_is_told_with_its_hosts() -> None:
    """Nothing listens: the error names the hosts, the trouble and the setting, at once."""
    urls = (free_url(), free_url())
    started = time.monotonic()
    with pytest.raises(EngineUnavailableError) as told:
        Connection(Cluster(urls))
    assert all(url in str(told.value) for url in urls)
    assert "refused" in str(told.value) and "opensearch.hosts" in str(told.value)
    assert time.monotonic() - started < Cluster().timeout_s


def test_another_host_answers_for_one_that_is_gone() -> None:
    """A host that is not there costs a retry, which is counted by its name, and no answer."""
    gone = free_url()
    with fake_cluster(lambda _: (200, {"fine": True})) as fake:
        connection = Connection(Cluster((gone, fake.url)))
        answers = [connection.request("GET", "/x") for _ in range(4)]
        connection.close()
    assert answers == [{"fine": True}] * 4
    assert connection.retries.keys() <= {f"no connection to {gone}"}


def test_a_dropped_connection_is_tried_again() -> None:
    """A connection that breaks in the middle is no answer: the request is sent again."""
    statuses = [0, 0, 200]
    with fake_cluster(lambda _: (statuses.pop(0), {})) as fake:
        connection = Connection(Cluster((fake.url,)))
        assert connection.request("GET", "/x", patience_s=30) == {}
        connection.close()
    assert connection.retries == {f"no connection to {fake.url}": 2}


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_cluster_is_asked_again(status: int) -> None:
    """What passes by itself is waited for, as long as patience lasts; then the error names the host and the health."""
    statuses = [status, status, 200]
    with fake_cluster(lambda _: (statuses.pop(0) if statuses else status, {"error": "busy"})) as fake:
        connection = Connection(Cluster((fake.url,)))
        assert connection.request("GET", "/x", patience_s=30) == {"error": "busy"}
        assert connection.retries == {f"{fake.url} was busy (status {status})": 2}
        with pytest.raises(EngineUnavailableError, match="_cluster/health") as told:
            connection.request("GET", "/x", patience_s=0.01)
        connection.close()
    assert fake.url in str(told.value)


def test_pauses_between_attempts_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that is busy is given ever more time, up to a bound."""
    pauses: list[float] = []
    monkeypatch.setattr(connection_module, "sleep", pauses.append)
    statuses = [429] * 8
    with fake_cluster(lambda _: (statuses.pop() if statuses else 200, {})) as fake:
        connection = Connection(Cluster((fake.url,)))
        connection.request("GET", "/x", patience_s=30)
        connection.close()
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.0, 3.0, 3.0]


def test_a_blocked_index_is_no_question_of_who_asks() -> None:
    """A cluster whose disks are full refuses with the status of a wrong password; the message tells the block."""
    block = {"type": "cluster_block_exception", "reason": "index [x] blocked by: [FORBIDDEN/12/disk usage exceeded]"}
    with fake_cluster(lambda _: (403, {"error": {**block, "root_cause": [block]}})) as fake:
        connection = Connection(Cluster((fake.url,), user="me", password="geheim"))
        with pytest.raises(RequestError, match="disk usage exceeded") as told:
            connection.request("PUT", "/x", body={})
        connection.close()
    assert "PASSWORD" not in str(told.value)


def test_a_shard_on_its_way_to_another_node_is_waited_for() -> None:
    """What a node answers while a shard leaves it is no error of the query."""
    moving = {"error": {"type": "query_shard_exception", "caused_by": {"type": "already_closed_exception"}}}
    answers: list[Answer] = [(400, moving), (200, {})]
    with fake_cluster(lambda _: answers.pop(0)) as fake:
        connection = Connection(Cluster((fake.url, fake.url)))
        assert connection.request("GET", "/x") == {}
        connection.close()


def test_a_silent_host_is_given_up() -> None:
    """A host that does not answer within its time is named, with the setting that allows it more."""
    silent = Event()

    def wait(_: Asked) -> Answer:
        silent.wait(30)
        return 200, {}

    with fake_cluster(wait) as fake:
        connection = Connection(Cluster((fake.url,), timeout_s=0.2))
        with pytest.raises(UnansweredError, match=r"within 0\.2 s.*opensearch\.timeout_s") as told:
            connection.request("GET", "/x")
        silent.set()
        connection.close()
    assert fake.url in str(told.value)


def test_a_refused_request_tells_reason_and_kind() -> None:
    """An error of the cluster's own passes with its reason; a status that is accepted is an answer."""
    error = {"error": {"root_cause": [{"type": "mapper_parsing_exception", "reason": "no such date"}], "type": "x"}}
    with fake_cluster(lambda _: (400, error)) as fake:
        connection = Connection(Cluster((fake.url,)))
        with pytest.raises(RequestError, match="no such date") as told:
            connection.request("PUT", "/x", body={})
        assert (told.value.status, "mapper_parsing_exception" in told.value.kind) == (400, True)
        assert connection.request("PUT", "/x", body={}, accept=(400,)) == error
        connection.close()
    assert len(fake.asked) == 2


@pytest.mark.parametrize("status", [401, 403])
def test_who_is_refused_is_told_without_the_secret(status: int) -> None:
    """A wrong password: the message names the user and where the password comes from, never the password."""
    with (
        fake_cluster(about=(status, {"error": "Unauthorized"})) as fake,
        pytest.raises(EngineUnavailableError, match="SEARCHKIT_OPENSEARCH_PASSWORD") as told,
    ):
        Connection(Cluster((fake.url,), user="reader", password="geheim"))
    assert "user reader" in str(told.value) and "geheim" not in str(told.value)


def test_credentials_are_sent_and_not_shown() -> None:
    """User and password, or a key, go with each request; no representation holds them, nor a URL's."""
    with fake_cluster(lambda _: (200, {})) as fake:
        basic = Connection(Cluster((fake.url,), user="u", password="geheim"))
        basic.request("GET", "/x")
        by_key = Connection(Cluster((fake.url,), api_key="schluessel"))
        by_key.request("GET", "/x")
        basic.close()
        by_key.close()
    assert [asked.headers["authorization"] for asked in fake.asked] == ["Basic dTpnZWhlaW0=", "ApiKey schluessel"]
    assert "geheim" not in repr(basic.cluster) and "schluessel" not in repr(by_key.cluster)


@pytest.mark.parametrize(
    "host", ["https://me:geheim@node1:9200", "https://geheim@node1", "https://me:geheim@node1:port"]
)
def test_a_user_in_a_url_is_refused(host: str) -> None:
    """A password is no part of where a host is, and is not shown by the refusal."""
    with pytest.raises(ConfigError, match="node1") as told:
        Connection(Cluster((host,)))
    assert "geheim" not in str(told.value)


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"version": {"number": "8.15.0"}}, "is no OpenSearch"),
        ({"hello": "world"}, "is no OpenSearch"),
        ({"version": {"distribution": "opensearch", "number": "2.3.0"}}, "2.4 to 3.x"),
        ({"version": {"distribution": "opensearch", "number": "1.3.2"}}, "2.4 to 3.x"),
        ({"version": {"distribution": "opensearch", "number": "4.0.0"}}, "2.4 to 3.x"),
    ],
)
def test_an_unknown_version_is_refused(about: dict[str, object], said: str) -> None:
    """What is no OpenSearch, too old, or not known yet, is refused when the index is opened."""
    with fake_cluster(about=(200, about)) as fake, pytest.raises(EngineUnavailableError, match=said):
        Connection(Cluster((fake.url,)))


@pytest.mark.parametrize("number", ["2.4.0", "2.19.3", "3.0.0", "3.8.0", "3.9.0-SNAPSHOT"])
def test_known_versions_are_accepted(number: str) -> None:
    """Releases 2.4 to 3.x are worked with."""
    with fake_cluster(about=(200, {"version": {**ABOUT["version"], "number": number}})) as fake:
        connection = Connection(Cluster((fake.url,)))
        assert connection.version == number
        connection.close()


def test_an_answer_that_is_no_json_is_told() -> None:
    """A host that answers something else is an error of ours."""
    with fake_cluster(about=(200, None)) as fake, pytest.raises(EngineError, match="is no OpenSearch"):
        Connection(Cluster((fake.url,)))


@pytest.mark.parametrize("host", ["localhost:9200", "ftp://x", "http://", "http://x:port", ""])
def test_what_is_no_url_is_refused(host: str) -> None:
    """The setting is named, and how it is written."""
    with pytest.raises(ConfigError, match=r"opensearch\.hosts.*https://node1:9200"):
        Connection(Cluster((host,)))


def test_no_host_is_refused() -> None:
    """At least one host is needed."""
    with pytest.raises(ConfigError, match=r"opensearch\.hosts is empty"):
        Connection(Cluster(()))


def test_a_missing_authority_file_is_refused(tmp_path: object) -> None:
    """A `ca` that is no file is told before anything is sent."""
    with pytest.raises(ConfigError, match=r"opensearch\.ca"):
        Connection(Cluster(("https://127.0.0.1:9",), ca=Path(f"{tmp_path}/none.pem")))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed but itself, and its key, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    file = tmp_path_factory.mktemp("tls") / "host.pem"
    options = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    command = [openssl, *options.split(), "-keyout", str(file), "-out", str(file.with_suffix(".crt"))]
    subprocess.run(command, check=True, capture_output=True)
    file.write_text(file.read_text() + file.with_suffix(".crt").read_text())
    return file


# What urllib3 says at each request was said when the connection was made; that it is switched off, pytest undoes.
@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_certificates_are_verified(certificate: Path) -> None:
    """A host with an unknown certificate is refused with the setting that makes it known, and not asked over and over;
    with that setting it is believed, and without verification it is, too, with a warning."""
    authority = certificate.with_suffix(".crt")
    with fake_cluster(lambda _: (200, {}), certificate=certificate) as fake:
        with pytest.raises(EngineUnavailableError, match=r"opensearch\.ca") as told:
            Connection(Cluster((fake.url,)))
        assert fake.url in str(told.value)
        trusting = Connection(Cluster((fake.url,), ca=authority))
        with pytest.warns(UserWarning, match="not verified"):
            blind = Connection(Cluster((fake.url,), verify_tls=False))
        for connection in (trusting, blind):
            assert connection.request("GET", "/x") == {}
            assert not connection.retries
            connection.close()


def test_a_certificate_for_another_host_is_refused(certificate: Path) -> None:
    """A trusted certificate proves the host that it names, and no other."""
    with fake_cluster(certificate=certificate) as fake, pytest.raises(EngineUnavailableError, match=r"opensearch\.ca"):
        Connection(Cluster((fake.url.replace("127.0.0.1", "localhost"),), ca=certificate.with_suffix(".crt")))


def test_a_host_without_tls_is_told() -> None:
    """Where TLS is wanted and not spoken, the host is named."""
    with fake_cluster() as fake, pytest.raises(EngineUnavailableError, match="https://127"):
        Connection(Cluster((fake.url.replace("http:", "https:"),)))


def test_unverified_certificates_are_warned_of() -> None:
    """Who switches verification off is warned, also where the connection fails then."""
    with pytest.warns(UserWarning, match="not verified"), pytest.raises(EngineUnavailableError):
        Connection(Cluster((free_url().replace("http:", "https:"),), verify_tls=False))


@pytest.mark.parametrize("secret", [{"user": "reader", "password": "pass"}, {"api_key": "key"}])
def test_secrets_sent_in_the_open_are_warned_of(secret: dict[str, str]) -> None:
    """Who sends a password or key to another machine without TLS is warned; within this machine, or without any, not."""
    far, here = "http://host.invalid:9200", free_url()
    with pytest.warns(UserWarning, match=r"host\.invalid:9200 unencrypted"), pytest.raises(EngineUnavailableError):
        Connection(Cluster((here, far), **secret))  # type: ignore[arg-type]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(EngineUnavailableError):
            Connection(Cluster((far,)))
        with pytest.raises(EngineUnavailableError):
            Connection(Cluster((here,), **secret))  # type: ignore[arg-type]
