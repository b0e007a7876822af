"""Hostile and damaged inputs: reading any of 20,000 mutated files of all formats neither raises nor hangs nor leaks.

At full size (20,000): SEARCHKIT_PROOFS=full pytest tests/test_mutations.py. A folder of one's own files:
python -m tests.mutating FOLDER COUNT.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engines.proofs import sized
from tests.mutating import damaged_samples, prove, samples

SEED = 20261121
COUNT = sized(600, 20_000)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts through /proc")
def test_no_mutated_input_makes_reading_fail_hang_or_leak() -> None:
    """Each gives articles, remarks and bad records; descriptors and memory are as before."""
    proof = prove(damaged_samples(COUNT, SEED), COUNT)
    assert proof.failures == []
    assert proof.inputs == COUNT
    assert proof.counts["Article"] > COUNT / 4 and proof.counts["BadRecord"] > COUNT / 4 and proof.counts["pages"]
    assert proof.descriptors == 0
    assert proof.memory_mb < 150


def test_the_samples_are_of_all_formats() -> None:
    """Unharmed they give articles and nothing bad, whatever container they lie in."""
    good = samples()
    proof = prove(good.items(), len(good))
    assert proof.failures == []
    assert proof.counts["BadRecord"] == 0, proof
    assert proof.counts["Article"] > len(good)
