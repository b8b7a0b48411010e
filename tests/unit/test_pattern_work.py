"""The work of matching, counted in executed lines: no pattern and no path makes it grow faster than the path."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from ccguard.model.paths import PathSet
from ccguard.policy.patterns import compile_patterns

LENGTH = 200  # bytes of the shortest path that is measured

HOSTILE = [
    "*a*a*a*a*a*a*a*b",
    "*a" * 15 + "*b",
    "*a?a*a?a*a?a*b",
    "*?" * 15 + "*b",
    "*[ab]*[ab][ab]*[!b]a*[ab]*b",
    "**/a/**/a/**/a/**/b",
    "**/*a/**/*a/**/*a*a/**/*b",
    "a/**/*a*/**/?*/**/b",
    "**/*/**/*/**/*/**/b",
    "/a**/**/**/a*a*a*/b",
    "**/a/*/*/*/*/*/*/*/b",
]
PATHS: dict[str, Callable[[int], str]] = {
    "one long name": lambda length: "a" * length,
    "one long name of two letters": lambda length: "ab" * (length // 2) + "a",
    "many folders": lambda length: "/".join("a" * (length // 2)),
    "many folders with long names": lambda length: "/".join(["a" * 19] * (length // 20)),
    "many folders, each in turn": lambda length: "/".join("ab" * (length // 4)),
}


def lines_run(paths: PathSet, path: str) -> int:
    """How many lines of Python one answer takes."""
    count = 0

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        paths.covers(path)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("shape", PATHS)
@pytest.mark.parametrize("pattern", HOSTILE)
def test_twice_the_path_is_twice_the_work(pattern: str, shape: str) -> None:
    paths = compile_patterns([pattern])
    once, twice, four = (lines_run(paths, PATHS[shape](LENGTH * times)) for times in (1, 2, 4))
    assert twice <= 2.2 * once
    assert four <= 2.2 * twice


@pytest.mark.parametrize("shape", PATHS)
def test_the_worst_work_is_a_small_multiple_of_path_times_pattern(shape: str) -> None:
    path = PATHS[shape](LENGTH)
    for pattern in HOSTILE:
        assert lines_run(compile_patterns([pattern]), path) <= 4 * len(path) * len(pattern)


@pytest.mark.parametrize("path", ["src/app/models/user.py", "src/app/certs/server.pem", "src/m7/x.py"])
def test_five_hundred_plain_patterns_cost_what_ten_cost(path: str) -> None:
    shapes = (
        "name{}",
        "*.ext{}",
        "head{}*",
        "folder{}/",
        "src/payments{}/",
        "/top{}",
        "**/a/b{}",
        "src/{}/**",
        "!keep{}",
    )
    few = [shape.format(1) for shape in shapes]
    many = [shape.format(number) for shape in shapes for number in range(56)]
    assert len(many) > 500
    assert lines_run(compile_patterns(many), path) <= 1.5 * lines_run(compile_patterns(few), path)


def test_an_ordinary_path_is_a_matter_of_some_dozen_lines() -> None:
    paths = compile_patterns([".env", "*.pem", "id_rsa*", ".aws/credentials", "service-account*.json", "!.env.example"])
    assert lines_run(paths, "src/app/models/user.py") < 150
