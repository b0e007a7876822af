"""Variable-length integers: seven bits a byte, lowest first, the high bit set on all but the last byte (LEB128).

Decoding exists twice: over numpy arrays for long lists, and plain for short ones, so that a short query need not wait
for numpy to be imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


def lengths(values: Ints) -> Ints:
    """How many bytes each number takes (numbers below 2^63)."""
    import numpy as np

    sizes = np.ones(len(values), np.int64)
    bound = 1 << 7
    top = int(values.max()) if len(values) else 0
    while bound <= top:
        sizes += values >= bound
        bound <<= 7
    return sizes


def encode(values: Ints, sizes: Ints | None = None) -> NDArray[np.uint8]:
    """All numbers, one behind another; `sizes` are their `lengths` where these are known already."""
    import numpy as np

    if len(values) == 0:
        return np.empty(0, np.uint8)
    if sizes is None:
        sizes = lengths(values)
    longest = int(sizes.max())
    if longest == 1:
        return values.astype(np.uint8)
    ends = np.cumsum(sizes)
    starts = ends - sizes
    out = np.empty(int(ends[-1]), np.uint8)
    out[starts] = values & 0x7F
    for place in range(1, longest):
        longer = np.flatnonzero(sizes > place)
        at = starts[longer] + place
        out[at] = (values[longer] >> (7 * place)) & 0x7F
        out[at - 1] |= 0x80
    return out


def decode(data: NDArray[np.uint8]) -> Ints:
    """All numbers of a whole sequence. Raises ValueError when it breaks off inside a number."""
    import numpy as np

    last = data < 0x80
    ends = last.nonzero()[0]
    if len(ends) == len(data):
        return data.astype(np.int64)
    if len(ends) == 0 or ends[-1] != len(data) - 1:
        raise ValueError("a number breaks off")
    starts = np.empty_like(ends)
    starts[0] = 0
    np.add(ends[:-1], 1, out=starts[1:])
    values = (data[starts] & 0x7F).astype(np.int64)
    sizes = ends - starts
    place = 1
    longer = sizes.nonzero()[0]
    while len(longer):
        values[longer] |= (data[starts[longer] + place] & 0x7F).astype(np.int64) << (7 * place)
        place += 1
        longer = longer[sizes[longer] >= place]
    return values


def decode_plain(data: bytes) -> list[int]:
    """As `decode`, without numpy."""
    if data.isascii():  # every byte below 0x80 is a whole number
        return list(data)
    values = []
    value = shift = 0
    for byte in data:
        if byte < 0x80:
            values.append(value | byte << shift)
            value = shift = 0
        else:
            value |= (byte & 0x7F) << shift
            shift += 7
    if shift:
        raise ValueError("a number breaks off")
    return values
