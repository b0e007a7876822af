"""Requests to a cluster: which host, how long, how often again, what went wrong in words. Alone imports opensearchpy."""

from __future__ import annotations

import json
import re
import warnings
from collections import Counter
from collections.abc import Collection, Mapping
from threading import Lock
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import opensearchpy
from opensearchpy.connection import Urllib3HttpConnection
from urllib3.util import Timeout

from searchkit.cluster import Cluster
from searchkit.errors import ConfigError, EngineError, EngineUnavailableError

OLDEST = (2, 4)
"""The first release with points in time."""

NEWEST_MAJOR = 3

_BUSY = (429, 502, 503, 504)
# What a node answers while a shard leaves it for another one.
_PASSING = (
    "already_closed_exception", "index_shard_closed_exception", "illegal_index_shard_state_exception",
    "shard_not_found_exception", "no_shard_available_action_exception",
)  # fmt: skip
_CONNECT_S = 5.0
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 3.0


class RequestError(EngineError):
    """The cluster refused a request: `status` is that of HTTP, `kind` the type of error that it names."""

    def __init__(self, message: str, status: int, kind: str) -> None:
        self.status = status
        self.kind = kind
        super().__init__(message)


class UnansweredError(EngineUnavailableError):
    """A host took a request and did not answer in time."""

    def __init__(self, host: str, timeout_s: float) -> None:
        self.host = host
        super().__init__(
            f"OpenSearch at {host} did not answer within {timeout_s:g} s; look at its load, or raise opensearch.timeout_s"
        )


class Connection:
    """The hosts of a cluster, any of which answers a request; for use by several threads."""

    def __init__(self, cluster: Cluster) -> None:
        """Ask a host for its version. Raises `EngineUnavailableError`, `ConfigError`."""
        _check_hosts(cluster.hosts)
        self.cluster = cluster
        self.retries: Counter[str] = Counter()
        """What made requests be sent again: cause -> how often."""
        self._retries_lock = Lock()
        self._transport = _transport(cluster)
        if not cluster.verify_tls and any(host.startswith("https:") for host in cluster.hosts):
            warnings.warn(
                "the certificates of the OpenSearch hosts are not verified (opensearch.verify_tls is false): "
                "whoever stands between can read and change everything",
                stacklevel=2,
            )
        open_hosts = [host for host in cluster.hosts if host.startswith("http:") and not _is_here(host)]
        if open_hosts and (cluster.user or cluster.api_key):
            warnings.warn(
                f"the password or API key goes to {shown_host(open_hosts[0])} unencrypted; write https: in "
                "opensearch.hosts where the cluster has TLS",
                stacklevel=2,
            )
        self.version = self._checked_version()

    @property
    def shown_hosts(self) -> str:
        """The hosts for messages, without any password in their URLs."""
        return ", ".join(map(shown_host, self.cluster.hosts))

    def request(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        params: Mapping[str, object] | None = None,
        timeout_s: float | None = None,
        patience_s: float | None = None,
        accept: Collection[int] = (),
    ) -> Any:
        """What the cluster answers, as Python values; answers of the statuses in `accept` are no errors.

        `body` is bytes, or sent as JSON. A host has `timeout_s` to answer (None: the cluster's). When one is not
        reached or busy, another one is asked, until `patience_s` are over (None: once each, then once more).
        Raises `RequestError`, `UnansweredError`, `EngineUnavailableError`.
        """
        timeout_s = self.cluster.timeout_s if timeout_s is None else max(timeout_s, 0.001)
        payload = body if body is None or isinstance(body, bytes) else encoded(body)
        started, pause, attempts = monotonic(), _FIRST_PAUSE_S, 0
        while True:
            attempts += 1
            try:
                return self._transport.perform_request(
                    method, path, params=dict(params or {}), body=payload, ignore=tuple(accept),
                    timeout=Timeout(connect=min(_CONNECT_S, timeout_s), read=timeout_s),
                )  # fmt: skip
            except opensearchpy.exceptions.TransportError as exc:
                waited_s = monotonic() - started
                worth_it = waited_s < patience_s if patience_s is not None else attempts < 2 * len(self.cluster.hosts)
                if not _may_pass(exc) or not worth_it or (patience_s is None and waited_s >= timeout_s):
                    raise self._translated(exc, timeout_s, waited_s) from exc
                self.note_retry(_cause(exc))
                if attempts % len(self.cluster.hosts) == 0 or not _is_unreached(exc):
                    sleep(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE_S)
            except opensearchpy.exceptions.OpenSearchException as exc:
                raise EngineError(f"the answer of OpenSearch at {self.shown_hosts} cannot be read: {exc}") from exc

    def note_retry(self, cause: str) -> None:
        """Count something that was sent again."""
        with self._retries_lock:
            self.retries[cause] += 1

    def close(self) -> None:
        self._transport.close()

    def _checked_version(self) -> str:
        about = self.request("GET", "/")
        version = about.get("version", {}) if isinstance(about, dict) else {}
        number = str(version.get("number", ""))
        release = tuple(int(part) for part in re.findall(r"\d+", number)[:2])
        if version.get("distribution") != "opensearch" or not release:
            raise EngineUnavailableError(
                f"{self.shown_hosts} is no OpenSearch (it says {version.get('distribution') or 'nothing'} "
                f"{number}); set opensearch.hosts to an OpenSearch cluster"
            )
        if release < OLDEST or release[0] > NEWEST_MAJOR:
            raise EngineUnavailableError(
                f"OpenSearch {number} at {self.shown_hosts} is not known to this version of searchkit, which works with "
                f"{OLDEST[0]}.{OLDEST[1]} to {NEWEST_MAJOR}.x"
            )
        return number

    def _translated(self, exc: Any, timeout_s: float, waited_s: float) -> EngineError:
        """The error in our words: which host, what happened, what to try."""
        host = getattr(exc, "host", None) or self.shown_hosts
        if isinstance(exc, opensearchpy.exceptions.SSLError):
            return EngineUnavailableError(
                f"no trusted connection to {host}: {_reason(exc)}; name the certificate of its authority in "
                "opensearch.ca (verify_tls: false would trust anybody)"
            )
        if isinstance(exc, opensearchpy.exceptions.ConnectionTimeout):
            return UnansweredError(host, timeout_s)
        if isinstance(exc, opensearchpy.exceptions.ConnectionError):
            return EngineUnavailableError(
                f"no OpenSearch is reached at {self.shown_hosts} (last tried {host}: {_reason(exc)}); is it running? "
                "opensearch.hosts names its hosts"
            )
        if exc.status_code in (401, 403) and "cluster_block_exception" not in _kind(exc):
            who = f"user {self.cluster.user}" if self.cluster.user else "who is not named"
            return EngineUnavailableError(
                f"OpenSearch at {host} refuses {'the API key' if self.cluster.api_key else who}: {_reason(exc)}; "
                "set opensearch.user with SEARCHKIT_OPENSEARCH_PASSWORD, or SEARCHKIT_OPENSEARCH_API_KEY"
            )
        if exc.status_code in _BUSY:
            return EngineUnavailableError(
                f"OpenSearch at {host} was too busy or incomplete for {waited_s:.1f} s: {_reason(exc)}; look at "
                f"{host}/_cluster/health and try again"
            )
        return RequestError(f"OpenSearch at {host} refused: {_reason(exc)}", exc.status_code, _kind(exc))


class _NamedHost(Urllib3HttpConnection):
    """A connection whose errors hold its host."""

    def perform_request(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().perform_request(*args, **kwargs)
        except opensearchpy.exceptions.TransportError as exc:
            exc.host = shown_host(self.host)  # type: ignore[attr-defined]
            raise


def encoded(value: object) -> bytes:
    """A value as JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def shown_host(url: str) -> str:
    """A host's URL without what may stand for a user in it."""
    return re.sub(r"//[^/@]*@", "//", url)


def _is_here(url: str) -> bool:
    """Whether a host is this machine, so that nobody stands between."""
    name = urlsplit(url).hostname or ""
    return name in ("localhost", "::1") or name.startswith("127.")


def _transport(cluster: Cluster) -> Any:
    options: dict[str, Any] = {
        "connection_class": _NamedHost,
        "max_retries": 0,  # done here, where it is known what may be sent again and what is to be told
        "dead_timeout": 5,
        "pool_maxsize": cluster.connections + 2,
        "http_compress": False,
    }
    if cluster.api_key:
        options["headers"] = {"authorization": f"ApiKey {cluster.api_key}"}
    elif cluster.user:
        options["http_auth"] = (cluster.user, cluster.password)
    if any(host.startswith("https:") for host in cluster.hosts):
        options |= {"verify_certs": cluster.verify_tls, "ssl_show_warn": False}
        if cluster.ca is not None:
            if not cluster.ca.is_file():
                raise ConfigError(f"opensearch.ca names {cluster.ca}, which is no file; name a file of certificates")
            options["ca_certs"] = str(cluster.ca)
    return opensearchpy.OpenSearch(list(cluster.hosts), **options).transport


def _check_hosts(hosts: tuple[str, ...]) -> None:
    for host in hosts:
        try:
            parts = urlsplit(host)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            good = False
        if not good:
            raise ConfigError(f"opensearch.hosts holds {shown_host(host)!r}; write URLs such as https://node1:9200")
        if parts.username is not None:
            raise ConfigError(
                f"the URL {shown_host(host)} of a host holds a user; hand user and password over by themselves"
            )
    if not hosts:
        raise ConfigError("opensearch.hosts is empty; name at least one host, such as https://node1:9200")


def _may_pass(exc: Any) -> bool:
    """Whether the same request may succeed elsewhere or later."""
    if isinstance(exc, opensearchpy.exceptions.SSLError):
        return False
    if isinstance(exc, opensearchpy.exceptions.ConnectionError) or exc.status_code in _BUSY:
        return True
    told = str(exc.info)
    return any(kind in told for kind in _PASSING)


def _is_unreached(exc: Any) -> bool:
    return isinstance(exc, opensearchpy.exceptions.ConnectionError)


def _cause(exc: Any) -> str:
    """Why a request was sent again, for the summary."""
    host = getattr(exc, "host", "a host")
    if isinstance(exc, opensearchpy.exceptions.ConnectionTimeout):
        return f"no answer in time from {host}"
    if isinstance(exc, opensearchpy.exceptions.ConnectionError):
        return f"no connection to {host}"
    return f"{host} was busy (status {exc.status_code})"


def _reason(exc: Any) -> str:
    if isinstance(exc, opensearchpy.exceptions.ConnectionError):
        told = str(exc.info)
        return re.sub(r"^.*?(?:HTTPS?Connection(?:Pool)?\([^)]*\)|<[^>]*>): ", "", told).removeprefix(
            "Failed to establish a new connection: "
        )
    error = exc.info.get("error") if isinstance(exc.info, dict) else None
    if isinstance(error, dict):
        causes = error.get("root_cause") or [error]
        return f"{causes[0].get('reason') or error.get('reason')} ({causes[0].get('type')})"
    return f"{error or exc.error} (status {exc.status_code})"


def _kind(exc: Any) -> str:
    error = exc.info.get("error") if isinstance(exc.info, dict) else None
    if not isinstance(error, dict):
        return str(exc.error)
    kinds = [str(error.get("type"))]
    for cause in (*error.get("root_cause", ()), error.get("caused_by") or {}):
        kinds.append(str(cause.get("type")))
    return " ".join(kinds)
