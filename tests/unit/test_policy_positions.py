"""Where the keys and values of a TOML text stand."""

from __future__ import annotations

from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from ccguard.policy.positions import Path, Positions

TEXT = '''# a comment with "quotes" and [brackets]
version = 1
"quoted key" = 'literal # not a comment'
a.b . "c.d" = [1, "]", [2, 3], # a comment, with a comma
  { x = 1, y.z = "}" },
]
text = """
first \\""" [x]
y = 3 """"
raw = \'\'\'
[no] = "table"\'\'\'

[zones.payments]  # header
paths = ["a", "b"]
when = 2026-01-02 03:04:05
[[waivers]]
rule = "x"
[[waivers]]
rule = "y"
[waivers.more]
deep = true
[[waivers.list]]
n = 1e3
[[waivers.list]]
n = -inf
'''


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("version",), (2, 1), (2, 11)),
        (("quoted key",), (3, 1), (3, 16)),
        (("a", "b", "c.d"), (4, 7), (4, 15)),
        (("a",), (4, 1), (4, 1)),
        (("a", "b", "c.d", 1), (4, 7), (4, 19)),
        (("a", "b", "c.d", 2, 1), (4, 7), (4, 28)),
        (("a", "b", "c.d", 3, "y", "z"), (5, 14), (5, 18)),
        (("text",), (7, 1), (7, 8)),
        (("raw",), (10, 1), (10, 7)),
        (("zones", "payments"), (13, 8), (13, 8)),
        (("zones", "payments", "paths", 1), (14, 1), (14, 15)),
        (("zones", "payments", "when"), (15, 1), (15, 8)),
        (("waivers", 0, "rule"), (17, 1), (17, 8)),
        (("waivers", 1, "rule"), (19, 1), (19, 8)),
        (("waivers", 1), (18, 3), (18, 3)),
        (("waivers", 1, "more", "deep"), (21, 1), (21, 8)),
        (("waivers", 1, "list", 1, "n"), (25, 1), (25, 5)),
        (("nothing", "here"), (1, 1), (1, 1)),
        (("zones", "payments", "absent"), (13, 8), (13, 8)),
    ],
    ids=str,
)
def test_keys_and_values_are_where_an_editor_shows_them(
    path: Path, key: tuple[int, int], value: tuple[int, int]
) -> None:
    positions = Positions(TEXT)
    assert (positions.key(path), positions.value(path)) == (key, value)


def _leaves(value: Any, path: Path = ()) -> set[Path]:
    """The paths of everything but tables, and of what lies in lists."""
    if isinstance(value, dict):
        return {leaf for name, item in value.items() for leaf in _leaves(item, (*path, name))}
    found = {path}
    if isinstance(value, list) and not (value and all(isinstance(item, dict) for item in value)):
        found |= {
            leaf for index, item in enumerate(value) for leaf in _leaves(item, (*path, index)) or {(*path, index)}
        }
    return found


def test_all_values_of_the_text_have_a_place() -> None:
    leaves = {path for path in _leaves(tomli.loads(TEXT)) if path[0] != "waivers"}
    assert leaves - Positions(TEXT).paths() == set()


_KEYS = st.sampled_from(["a", "b-1", '"c.d"', "'e f'", '"\\u00e9\\""', "a.b", ' a . "x"'])
_SCALARS = st.sampled_from(
    [
        '"x"',
        '"\\\\"',
        "'\\'",
        '"#"',
        "1",
        "1.5",
        "true",
        "2026-01-02",
        '"""\na"b\\""""""',
        "'''\n''x'''",
        '""',
        '"""."""',
    ]
)
_BLANK = st.sampled_from(["", " ", "\t"])
_GAP = st.sampled_from(["", " ", "\n", " # ] } , \" '\n"])


def _lists(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda items, gap: f"[{gap}{f',{gap}'.join(items)}{gap}]", st.lists(inner, max_size=3), _GAP)


def _inline(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.lists(st.tuples(st.sampled_from(["p", '"q"', "r.s"]), inner), max_size=3, unique_by=lambda pair: pair[0])
    return pairs.map(lambda found: "{" + ", ".join(f"{key} = {value}" for key, value in found) + "}")


_VALUES = st.recursive(_SCALARS, lambda inner: _lists(inner) | _inline(inner), max_leaves=6)
_LINES = st.builds(lambda key, blank, value: f"{blank}{key}{blank}={blank}{value}{blank}\n", _KEYS, _BLANK, _VALUES)
_HEADERS = st.sampled_from(["[t]\n", "[t.u]\n", "[[l]]\n", "[[l.m]]\n", '["x.y"] # z\n', "# c\n", "\n"])


@given(st.lists(_LINES | _HEADERS, max_size=6).map("".join))
def test_every_value_that_tomli_reads_begins_where_the_scanner_says(text: str) -> None:
    try:
        document = tomli.loads(text)
    except tomli.TOMLDecodeError:
        return  # such a text never reaches the scanner
    positions = Positions(text)
    lines = text.split("\n")
    for path in positions.paths():
        line, column = positions.value(path)
        assert lines[line - 1][column - 1] not in " \t#,=]}"
        found: Any = document
        for part in path:
            found = found[part]
    plain = {path for path in _leaves(document) if path and "l" not in path}
    assert plain <= positions.paths()
