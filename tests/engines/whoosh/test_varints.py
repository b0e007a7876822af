"""Varints: both decoders and the encoder agree with the definition of LEB128."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.engines.whoosh import varints

numbers = st.lists(
    st.one_of(st.integers(0, 300), st.integers(0, (1 << 63) - 1), st.integers(0, 62).map(lambda n: 1 << n)),
    max_size=60,
)


def encode_one(value: int) -> bytes:
    """One number (0 or more), written out byte by byte: what the arrays are compared with."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def straightforward(values: list[int]) -> bytes:
    """Seven bits a byte, lowest first, the high bit on all but the last."""
    return b"".join(encode_one(value) for value in values)


@given(numbers)
def test_there_and_back(values: list[int]) -> None:
    """The array encoder writes what the one for single numbers does, and both decoders read it back."""
    array = np.array(values, np.int64)
    data = varints.encode(array).tobytes()
    assert data == straightforward(values)
    assert varints.encode(array, varints.lengths(array)).tobytes() == data
    assert varints.lengths(array).tolist() == [len(encode_one(value)) for value in values]
    assert varints.decode(np.frombuffer(data, np.uint8)).tolist() == values
    assert varints.decode_plain(data) == values


def test_known_bytes() -> None:
    """Numbers around each change of length take the bytes that LEB128 gives them."""
    assert encode_one(0) == b"\x00"
    assert encode_one(127) == b"\x7f"
    assert encode_one(128) == b"\x80\x01"
    assert encode_one(16_383) == b"\xff\x7f"
    assert encode_one(16_384) == b"\x80\x80\x01"
    assert encode_one((1 << 63) - 1) == b"\xff" * 8 + b"\x7f"


@given(numbers.filter(bool), st.data())
def test_broken_off_data_is_refused(values: list[int], data: st.DataObject) -> None:
    """A sequence that ends inside a number raises ValueError in both decoders; one cut between numbers is shorter."""
    encoded = straightforward(values)
    cut = encoded[: data.draw(st.integers(0, len(encoded)))]
    if cut and cut[-1] >= 0x80:
        with pytest.raises(ValueError, match="breaks off"):
            varints.decode(np.frombuffer(cut, np.uint8))
        with pytest.raises(ValueError, match="breaks off"):
            varints.decode_plain(cut)
    else:
        assert varints.decode(np.frombuffer(cut, np.uint8)).tolist() == varints.decode_plain(cut)


@given(st.binary(max_size=40))
def test_any_bytes_decode_alike(data: bytes) -> None:
    """Whatever the bytes, both decoders give the same numbers or both refuse; numbers past 63 bits are no numbers."""
    try:
        plain = varints.decode_plain(data)
    except ValueError:
        with pytest.raises(ValueError, match="breaks off"):
            varints.decode(np.frombuffer(data, np.uint8))
        return
    if all(value < 1 << 63 for value in plain):
        assert varints.decode(np.frombuffer(data, np.uint8)).tolist() == plain


def test_nothing() -> None:
    """No numbers are no bytes, and no bytes no numbers."""
    assert varints.encode(np.empty(0, np.int64)).tobytes() == b""
    assert varints.decode(np.empty(0, np.uint8)).tolist() == []
    assert varints.decode_plain(b"") == []


def test_numbers_without_end_are_refused() -> None:
    """Bytes that go on for longer than any number does raise ValueError at once."""
    data = np.full(100_000, 0xFF, np.uint8)
    data[-1] = 0
    with pytest.raises(ValueError, match="too many bytes"):
        varints.decode(data)
