"""A decision takes little more instructions than the start of a bare interpreter, counted and not timed."""

from __future__ import annotations

import shutil

import pytest
from bench import Case, cases, instruction_ratio

LIMIT = 1.5

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("valgrind") is None, reason="NOT CHECKED: instructions, valgrind is not installed"),
]


@pytest.mark.parametrize(
    "case", [case for case in cases() if case.tool in ("Read", "Bash")], ids=lambda case: case.name
)
def test_a_decision_stays_below_its_limit(case: Case) -> None:
    assert instruction_ratio(case) <= LIMIT
