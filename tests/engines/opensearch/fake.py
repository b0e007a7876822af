"""A small HTTP server on the loopback that answers as a test tells it, where OpenSearch itself could not be made to."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

ABOUT = {"version": {"distribution": "opensearch", "number": "3.8.0"}}

Answer = tuple[int, Any]
"""A status and a body; the status 0 drops the connection."""


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Fake:
    """The server's URL, and what it was asked, the question for its version aside."""

    url: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def fake_cluster(
    answer: Callable[[Asked], Answer] = lambda _: (404, {}),
    about: Answer = (200, ABOUT),
    certificate: Path | None = None,
) -> Iterator[Fake]:
    """A host that says of itself `about`, and answers everything else as `answer` says; over TLS with the `certificate`
    and the key in that file."""
    fake = Fake("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            if self.path == "/":
                status, content = about
            else:
                fake.asked.append(asked)
                status, content = answer(asked)
            if not status:
                self.close_connection = True
                self.connection.close()
                return
            payload = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PUT = do_DELETE = _answer

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    fake.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_url() -> str:
    """A URL at which nothing answers."""
    with fake_cluster() as fake:
        return fake.url
