"""The model that tells languages apart, py3langid's, and a copy of it on disk of which only what is asked for is read.

To unpack the model takes half a second and 70 MB. The copy lies in a folder of the user's cache and holds the same numbers
as they are: a line of JSON, then one array behind the other. One that is not of this model, or not whole, is done without.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
import time
import zlib
from array import array
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np

_NAME = "language-model.bin"
_UNFINISHED = ".language-model-"
_LAYOUT = 2
_HEAD_BYTES = 16_384

# A disk with less free than so many copies is left alone.
_ROOM = 10
# A file that was begun so long ago belongs to a process that was killed.
_ABANDONED_S = 86_400

# Up to so many questions are answered by what each asks for, in twice the time.
_MANY = 2000
# What of that is remembered: some 7 MB of moves and 4 MB of weights, enough for the news of a few languages.
_MOST_MOVES = 50_000
_MOST_WEIGHTS = 10_000

# The arrays by their names in the copy, in their order there, and by those of the attributes of py3langid's model.
_PARTS = {"moves": "tk_nextmove", "rows": "tk_row", "features": "tk_output", "weights": "nb_ptc", "priors": "nb_pc"}

_UNUSABLE = (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)
_LOADING = Lock()

T = TypeVar("T")


class Model(Protocol):
    """What tells languages apart."""

    def classify(self, text: str) -> tuple[str, float]:
        """The language and its probability."""


def load_model(folder: Path | None = None) -> Model:
    """The model, of the copy in a folder where there is one. Whoever asks for it while another thread is loading it waits
    for that one."""
    with _LOADING:
        return _loaded_model(folder)


def load_and_keep_model(folder: Path | None) -> None:
    """Load the model, and leave a copy of it in the folder, if there is one, for later runs and for the rest of this."""
    model = load_model(folder)
    if folder is None or isinstance(model, _KeptModel):
        return
    with suppress(*_UNUSABLE):
        _keep(folder, model)
        with _LOADING:
            _loaded_model.cache_clear()  # whoever asks next has the copy, and the memory is free


def is_kept(folder: Path | None) -> bool:
    """Whether there is a copy in the folder, so that loading takes little; it may still turn out to be of another model.
    What a killed process left of one is removed."""
    with suppress(*_UNUSABLE):
        if folder is not None:
            _remove_abandoned(folder)
            _Copy(folder)
            return True
    return False


@cache
def _loaded_model(folder: Path | None) -> Model:
    return (_kept_model(folder) if folder is not None else None) or _plain_model()


def _plain_model() -> Model:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model: Model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return model


def _kept_model(folder: Path) -> Model | None:
    """The model of the copy in the folder; None where there is none. That of another model is removed."""
    try:
        copy = _Copy(folder)
        if copy.of == _origin():
            return _KeptModel(copy)
        copy.path.unlink()
    except _UNUSABLE:
        pass
    return None


def _origin() -> list[object]:
    """What a copy has to be of: the model, wherever it is installed, and who reads it."""
    import py3langid
    from py3langid.langid import MODEL_DIR, MODEL_FILE

    checksum = zlib.crc32((MODEL_DIR / MODEL_FILE).read_bytes())
    return [_LAYOUT, sys.byteorder, py3langid.__version__, checksum]


# --- to keep a copy ----------------------------------------------------------------------------------------------


def _keep(folder: Path, model: Any) -> None:
    """Leave a copy of py3langid's model in a folder; it is whole whenever it is there. Raises what is in `_UNUSABLE`."""
    from tempfile import mkstemp

    parts = {name: _as_array(getattr(model, attribute)) for name, attribute in _PARTS.items()}
    shapes: dict[str, tuple[str, int, int]] = {
        name: (kind, memoryview(items).nbytes, zlib.crc32(items)) for name, (kind, items) in parts.items()
    }
    head = json.dumps({"of": _origin(), "classes": model.nb_classes, "parts": shapes}).encode() + b"\n"
    if len(head) > _HEAD_BYTES:
        raise ValueError("the model knows too many languages")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_owner(folder.stat())
    _remove_abandoned(folder)
    system = os.statvfs(folder)
    if system.f_bavail * system.f_frsize < _ROOM * sum(size for _, size, _ in shapes.values()):
        raise OSError(errno.ENOSPC, "there is little room", str(folder))
    handle, name = mkstemp(prefix=_UNFINISHED, dir=folder)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - is open already
            file.write(head)
            file.writelines(items for _, items in parts.values())
            file.flush()
            os.fsync(handle)  # after a loss of power it must not be a copy of nothing
        Path(name).replace(folder / _NAME)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _as_array(items: Any) -> tuple[str, Any]:
    """Numbers in one piece, and their type."""
    if isinstance(items, list):
        items = array("i", items)
    if isinstance(items, array):
        return items.typecode, items
    import numpy as np

    return items.dtype.str, np.ascontiguousarray(items)


def _check_owner(info: os.stat_result) -> None:
    if info.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "belongs to someone else")


def _remove_abandoned(folder: Path) -> None:
    for file in folder.glob(f"{_UNFINISHED}*"):
        with suppress(OSError):
            if file.stat().st_mtime < time.time() - _ABANDONED_S:
                file.unlink()


# --- to use it ---------------------------------------------------------------------------------------------------


class _Copy:
    """The copy in a folder, open. Raises what is in `_UNUSABLE` where there is none, or not a whole one of our own."""

    def __init__(self, folder: Path) -> None:
        _check_owner(folder.stat())
        self.path = folder / _NAME
        self._handle = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        info = os.fstat(self._handle)
        _check_owner(info)
        if not stat.S_ISREG(info.st_mode):  # a pipe, say, would never end
            raise ValueError(f"{self.path} is not a file")
        head, end, _ = os.pread(self._handle, _HEAD_BYTES, 0).partition(b"\n")
        values = json.loads(head)
        self.of: list[object] = values["of"]
        self.classes: list[str] = values["classes"]
        self._places: dict[str, tuple[int, str, int, int]] = {}
        place = len(head) + len(end)
        for name in _PARTS:
            kind, size, crc = values["parts"][name]
            self._places[name] = place, kind, size, crc
            place += size
        if place != info.st_size:
            raise ValueError(f"{self.path} is not whole")

    def __del__(self) -> None:
        if hasattr(self, "_handle"):
            os.close(self._handle)

    def numbers(self, name: str) -> array[int]:
        """All numbers of a part."""
        return array(self._places[name][1], self._whole(name))

    def vector(self, name: str) -> np.ndarray:
        """The same as numpy has them."""
        import numpy as np

        return np.frombuffer(self._whole(name), self._places[name][1])

    def table(self, name: str) -> np.ndarray:
        """The same as rows, in each a number for every language."""
        return self.vector(name).reshape(-1, len(self.classes))

    def single_numbers(self, name: str, most: int) -> _Remembered[int]:
        """The numbers of a part, each read when it is asked for; `most` are remembered."""
        place, kind, *_ = self._places[name]
        size, to_int = array(kind).itemsize, partial(int.from_bytes, byteorder=sys.byteorder)
        return _Remembered(lambda index: to_int(self._read(size, place + size * index)), most)

    def single_rows(self, name: str, most: int) -> _Rows:
        """The rows of a part, likewise."""
        import numpy as np

        place, kind, *_ = self._places[name]
        size = len(self.classes) * np.dtype(kind).itemsize
        return _Rows(_Remembered(lambda index: self._read(size, place + size * index), most), kind, len(self.classes))

    def _whole(self, name: str) -> bytes:
        place, _, size, crc = self._places[name]
        data = self._read(size, place)
        if zlib.crc32(data) != crc:
            raise ValueError(f"{self.path} does not hold what was written")
        return data

    def _read(self, size: int, place: int) -> bytes:
        # To map the file instead would be shorter: but what was looked at would then count as memory in pieces of up to
        # megabytes (as large as those of the system's own cache), nearly all of the file after one text.
        data = os.pread(self._handle, size, place)
        if len(data) != size:
            raise OSError(errno.EIO, "was cut off", str(self.path))
        return data


class _Remembered(dict[int, T]):
    """Index -> item, read when it is first asked for. Of more than `most` all are forgotten, and read again."""

    def __init__(self, read: Callable[[int], T], most: int) -> None:
        self._read = read
        self._most = most

    def __missing__(self, index: int) -> T:
        if len(self) >= self._most:
            self.clear()
        item = self[index] = self._read(index)
        return item


class _Rows:
    """Rows of numbers, as many as are asked for at a time, like a numpy array of two dimensions that is given an array."""

    def __init__(self, rows: _Remembered[bytes], kind: str, width: int) -> None:
        self._rows = rows
        self._kind = kind
        self._width = width

    def __getitem__(self, indexes: np.ndarray) -> np.ndarray:
        import numpy as np

        data = b"".join([self._rows[index] for index in indexes.tolist()])
        return np.frombuffer(data, self._kind).reshape(-1, self._width)


class _KeptModel:
    """py3langid's model over a copy. One that is asked often reads all of it, as the answers are then sooner there; once it
    cannot be read any more, the original takes its place."""

    def __init__(self, copy: _Copy) -> None:
        self._copy = copy
        self._asked = 0
        rows = copy.single_rows("weights", _MOST_WEIGHTS)
        self._model = _model_of(copy, copy.single_numbers("moves", _MOST_MOVES), rows)

    def classify(self, text: str) -> tuple[str, float]:
        """The language and its probability."""
        self._asked += 1
        try:
            if self._asked == _MANY:
                self._model = _model_of(self._copy, self._copy.numbers("moves"), self._copy.table("weights"))
            return self._model.classify(text)
        except (OSError, ValueError, IndexError):  # it was cut off or damaged, or replaced on a server where it lies
            with suppress(OSError):
                self._copy.path.unlink()
            self._model = _plain_model()
            return self._model.classify(text)


def _model_of(copy: _Copy, moves: array[int] | _Remembered[int], weights: np.ndarray | _Rows) -> Model:
    from py3langid.langid import LanguageIdentifier

    some = (weights, copy.vector("priors"), copy.classes, moves, copy.numbers("features"))
    model: Model = LanguageIdentifier(*some, norm_probs=True, tk_row=copy.numbers("rows"))
    return model
