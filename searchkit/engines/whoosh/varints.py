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

# Of a number below 2^63.
_MOST_BYTES = 9


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
    """All numbers of a whole sequence. Raises ValueError when it breaks off inside a number, or one is not below 2^63."""
    import numpy as np

    is_last = data < 0x80
    values = data.take(is_last.nonzero()[0]).astype(np.int64)
    if len(values) == len(data):
        return values
    if data[-1] >= 0x80:
        raise ValueError("a number breaks off")
    # From the highest bytes of each number down to its lowest; mostly there is one beside the last.
    others = np.logical_not(is_last, out=is_last).nonzero()[0]
    numbers, bits = others - np.arange(len(others)), data.take(others) & 0x7F
    for _ in range(_MOST_BYTES - 1):
        highest = np.ones(len(numbers), bool)
        np.not_equal(numbers[1:], numbers[:-1], out=highest[:-1])
        at = highest.nonzero()[0]
        if len(at) == len(numbers):
            values[numbers] = values.take(numbers) << 7 | bits
            return values
        ready = numbers.take(at)
        values[ready] = values.take(ready) << 7 | bits.take(at)
        at = np.logical_not(highest, out=highest).nonzero()[0]
        numbers, bits = numbers.take(at), bits.take(at)
    raise ValueError("a number has too many bytes")


def decode_plain(data: bytes) -> list[int]:
    """As `decode`, without numpy."""
    if data.isascii():  # every byte below 0x80 is a whole number
        return list(data)
    values = []
    rest = iter(data)
    for byte in rest:
        value = byte
        if byte >= 0x80:
            value, shift = byte & 0x7F, 7
            for more in rest:
                value |= (more & 0x7F) << shift
                if more < 0x80:
                    break
                shift += 7
            else:
                raise ValueError("a number breaks off")
        values.append(value)
    return values
