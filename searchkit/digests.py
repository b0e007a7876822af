"""The SHA-256 of files, by which a later run tells what has changed."""

from __future__ import annotations

import hashlib
import os
from io import FileIO
from os import stat_result
from threading import Thread

LONG_BYTES = 32 * 2**20
"""From this size on a file is worth a thread of its own."""

_STEP_BYTES = 4 * 2**20


def digest_of(descriptor: int, size_bytes: int) -> str:
    """The digest of the first bytes of an open file, which may have grown since it was looked at."""
    digest, position = hashlib.sha256(), 0
    buffer = memoryview(bytearray(min(size_bytes, _STEP_BYTES)))
    while count := os.preadv(descriptor, [buffer[: size_bytes - position]], position):
        digest.update(buffer[:count])
        position += count
    return digest.hexdigest()


class Digest:
    """The digest of a file that is about to be read, as `info` describes it: of a long one computed beside the reading,
    if `may_wait`."""

    def __init__(self, file: FileIO, info: stat_result, may_wait: bool) -> None:
        self._info = info
        self._result = ""
        self._error: OSError | None = None
        self._thread: Thread | None = None
        if may_wait and info.st_size >= LONG_BYTES:
            self._thread = Thread(target=self._compute, args=(os.dup(file.fileno()),), daemon=True)
            self._thread.start()
        else:
            self._result = digest_of(file.fileno(), info.st_size)

    def result(self) -> str:
        """The digest; "", which fits no content, if the file was changed while it was computed beside the reading: who
        had read the old content might get the digest of the new. Raises OSError."""
        if self._thread:
            self._thread.join()
        if self._error:
            raise self._error
        return self._result

    def _compute(self, descriptor: int) -> None:
        try:
            digest = digest_of(descriptor, self._info.st_size)
            now = os.fstat(descriptor)
            if (now.st_size, now.st_mtime_ns) == (self._info.st_size, self._info.st_mtime_ns):
                self._result = digest
        except OSError as error:
            self._error = error
        finally:
            os.close(descriptor)
