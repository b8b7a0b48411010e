"""A decision takes little more instructions than the start of a bare interpreter, counted and not timed."""

from __future__ import annotations

import shutil

import pytest
from bench import Case, cases, instruction_ratio

# As a multiple of the bare start. A command line is read by all of `shell`, a large policy thawed whole.
LIMITS = {"Read": 1.5, "Read, refused": 1.5, "Read, 500 rules": 1.7, "Bash, 250 bytes": 2.2}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("valgrind") is None, reason="NOT CHECKED: instructions, valgrind is not installed"),
]


@pytest.mark.parametrize("case", [case for case in cases() if case.name in LIMITS], ids=lambda case: case.name)
def test_a_decision_stays_below_its_limit(case: Case) -> None:
    assert instruction_ratio(case) <= LIMITS[case.name]
