"""Digests of files: the SHA-256 of what stood in a file before it was read, computed beside the reading or not."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

import pytest

from searchkit import digests
from searchkit.digests import Digest, digest_of


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that counts as long."""
    monkeypatch.setattr(digests, "LONG_BYTES", 1_000)
    monkeypatch.setattr(digests, "_STEP_BYTES", 300)
    path = tmp_path / "file"
    path.write_bytes(bytes(range(250)) * 4)
    return path


@pytest.mark.parametrize("may_wait", [False, True])
@pytest.mark.parametrize("size", [0, 1, 300, 999, 1_000])
def test_digest_of_the_first_bytes(file: Path, size: int, may_wait: bool) -> None:
    """Of as many bytes as the file had when it was looked at; where reading stands is left alone."""
    data = file.read_bytes()
    file.write_bytes(data[:size])
    info = file.stat()
    with file.open("ab") as more, file.open("rb", buffering=0) as opened:
        more.write(b"more")
        more.flush()
        os.utime(file, ns=(info.st_atime_ns, info.st_mtime_ns))
        opened.seek(7)
        assert digest_of(opened.fileno(), size) == hashlib.sha256(data[:size]).hexdigest()
        digest = Digest(opened, info, may_wait).result()
        assert opened.tell() == 7
    # One that has grown since is read again in any case, for its size.
    assert digest == ("" if may_wait and size == 1_000 else hashlib.sha256(data[:size]).hexdigest())


def test_a_long_file_is_digested_beside_other_work(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its reader need not wait, may close the file, and gets the digest in the end."""
    may_go, real = threading.Event(), digests.digest_of

    def late(descriptor: int, size_bytes: int) -> str:
        assert may_go.wait(60)
        return real(descriptor, size_bytes)

    monkeypatch.setattr(digests, "digest_of", late)
    with file.open("rb", buffering=0) as opened:
        digest = Digest(opened, file.stat(), may_wait=True)
    may_go.set()
    assert digest.result() == hashlib.sha256(file.read_bytes()).hexdigest()


def test_what_was_changed_meanwhile_fits_no_content(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old content may have been read, and the new one digested."""
    real = digests.digest_of

    def changing(descriptor: int, size_bytes: int) -> str:
        file.write_bytes(b"x" * size_bytes)
        os.utime(file, ns=(1, 1))
        return real(descriptor, size_bytes)

    monkeypatch.setattr(digests, "digest_of", changing)
    with file.open("rb", buffering=0) as opened:
        assert Digest(opened, file.stat(), may_wait=True).result() == ""


def test_an_error_of_the_disk_is_told_with_the_result(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not lost in the thread."""

    def fail(*_: object) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(digests, "digest_of", fail)
    with file.open("rb", buffering=0) as opened:
        digest = Digest(opened, file.stat(), may_wait=True)
        with pytest.raises(OSError, match="Input/output"):
            digest.result()
