"""Stored articles are compressed by isal or zlib; each reads what the other wrote."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator

import pytest

from searchkit.engines.whoosh import deflate
from searchkit.engines.whoosh.deflate import BadDeflateError, compress, decompress

DATA = b"Mosul, 17 March: a strike hit the old city. " * 300


@pytest.fixture(params=["isal", "zlib"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Each library in turn, zlib as if isal were not installed."""
    if request.param == "zlib":
        monkeypatch.setitem(sys.modules, "isal", None)
    else:
        pytest.importorskip("isal")
    deflate._isal.cache_clear()
    yield request.param
    deflate._isal.cache_clear()


@pytest.mark.parametrize("done", [0, deflate.ZLIB_BLOCKS])
def test_round_trip(library: str, done: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was compressed comes back whole, or its beginning, from a memoryview too, early in a process and late."""
    monkeypatch.setattr(deflate, "_done", done)
    data = compress(DATA)
    assert len(data) < len(DATA) / 10
    assert zlib.decompress(data, -zlib.MAX_WBITS) == DATA
    assert decompress(data, len(DATA)) == DATA
    assert decompress(memoryview(data), 100) == DATA[:100]
    assert decompress(compress(b"a"), 10) == b"a"


@pytest.mark.parametrize("done", [0, deflate.ZLIB_BLOCKS])
def test_garbage(library: str, done: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no deflate stream is an error of one kind; of a broken one there is less than was asked for."""
    monkeypatch.setattr(deflate, "_done", done)
    with pytest.raises(BadDeflateError):
        decompress(b"\xff garbage", 10)
    data = compress(DATA + bytes(range(256)))
    assert len(decompress(data[:-20], 2 * len(DATA))) <= len(DATA) + 256


def test_which_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first blocks are left to zlib, which need not be imported."""
    asked: list[bool] = []
    monkeypatch.setattr(deflate, "_isal", lambda: asked.append(True))
    monkeypatch.setattr(deflate, "_done", 0)
    data = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = data.compress(DATA) + data.flush()
    for _ in range(deflate.ZLIB_BLOCKS):
        assert decompress(block, len(DATA)) == DATA
    assert asked == []
    decompress(block, len(DATA))
    assert asked == [True]
