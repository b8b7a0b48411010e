"""What the benchmark measures is what it says: each call is decided, and gets the answer its case names."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from bench import Case, cases, cpu_seconds, scene, warm


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_measured_call_gets_the_answer_its_case_names(case: Case, tmp_path: Path) -> None:
    warm(scene(tmp_path, case.policy), case)


def test_a_call_with_another_answer_than_its_case_names_is_not_measured(tmp_path: Path) -> None:
    wrong = Case("wrong", "Read", {"file_path": "{repository}/vault/key.txt"})
    with pytest.raises(SystemExit, match="not the expected answer"):
        warm(scene(tmp_path), wrong)


def test_the_clock_sees_work_and_not_waiting(tmp_path: Path) -> None:
    here, nothing = scene(tmp_path / "scene"), tmp_path / "nothing"
    nothing.touch()
    busy = cpu_seconds([sys.executable, "-I", "-S", "-c", "for _ in range(10**7): pass"], here, nothing)
    idle = cpu_seconds([sys.executable, "-I", "-S", "-c", "import time; time.sleep(0.5)"], here, nothing)
    assert busy > 2 * idle
