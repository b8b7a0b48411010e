"""The parts of docs/policy.md that follow from ccguard's own tables: keys, built-in zones, built-in data classes."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from .builtin import DATA, ZONES
from .keys import EXPECTED, KEYS, Entropy, Key, Merge
from .spelling import toml

BEGIN = "<!-- made by python -m ccguard.policy.reference docs/policy.md -->"
END = "<!-- end of what is made -->"

_STRICTER: dict[Merge, str] = {
    "own": "-",
    "first": "the earlier of the values",
    "clash": "the first two contradict each other; either is stricter than the last",
    "on": "true",
    "larger": "the larger",
    "smaller": "the smaller",
    "later": "the later",
    "earlier": "the earlier",
    "entropy": "on; the lower limit",
    "union": "all of both",
    "intersection": "what both name",
    "approvers": "who is named by both; nobody is a mistake",
    "team": "who is named by both",
    "data": "the class whose use is stricter",
    "paths": "all of both",
    "exceptions": "never opens what a layer above names",
    "nearest": "the nearest layer's",
    "base": "the nearest layer's; against a floor, the floor's",
}


def tables() -> str:
    """One table of keys for each top-level table of the file, and what is built in."""
    head = "| key | value | left out | stricter is | what it says |\n|---|---|---|---|---|\n"
    groups = groupby(KEYS, key=_heading)
    keys = "\n".join(f"### {name}\n\n{head}{''.join(map(_row, keys))}" for name, keys in groups)
    return f"## Keys\n\n{keys}\n{_built_in()}"


def filled_in(text: str) -> str:
    """A page with everything between the markers as the table of keys has it."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{after}"


def _built_in() -> str:
    zones = "".join(
        f"| `{name}` | `{zone.access}` | {', '.join(f'`{path}`' for path in zone.paths)} |\n"
        for name, zone in ZONES.items()
    )
    classes = "".join(f"| `{name}` | `{data.use}` | {', '.join(data.examples)} |\n" for name, data in DATA.items())
    return (
        f"## Built-in zones\n\n| zone | access | paths |\n|---|---|---|\n{zones}\n"
        f"## Built-in data classes\n\n| class | use | for example |\n|---|---|---|\n{classes}"
    )


def _heading(key: Key) -> str:
    table = key.parts[0]
    if len(key.parts) == 1:
        return "At the top"
    return f"`[[{table}]]`" if key.parts[1] == "[]" else f"`[{table}]`"


def _row(key: Key) -> str:
    name = key.name.replace("[]", "").replace("*", "NAME")
    return f"| `{name}` | {_value(key)} | {_left_out(key)} | {_STRICTER[key.merge]} | {key.meaning} |\n"


def _value(key: Key) -> str:
    words = ", ".join(f"`{word}`" for word in key.allowed)
    if key.kind == "words":
        return f"a list of {words}"
    return words or EXPECTED[key.kind].replace("|", "\\|")


def _left_out(key: Key) -> str:
    if key.required or key.name == "claude.mode":
        return "a mistake"
    special = {"review.required": '`"ai-assisted"`; open: `"none"`', "rules.*": "the rule's own level"}
    if key.name in special:
        return special[key.name]
    if key.default in (None, "", (), 0) and not isinstance(key.default, (bool, Entropy)):
        return "-"
    return f"`{toml(key.default)}`"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(filled_in(page.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
