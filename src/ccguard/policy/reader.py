"""Walks the tables of a policy file: every key known, every value typed, every mistake noted with its place."""

from __future__ import annotations

from typing import Any

from ..model.policy import Example, Waiver
from ..rules import TABLE
from . import entries
from .builtin import FIXED_DATA
from .keys import BY_NAME, Key, Value, dotted, is_list, is_table, key_at, names_in
from .layer import KeyPath, Named
from .mistakes import Mistake, Place, nearest, shown, unsafe
from .page import Page
from .values import is_approver

RULES = {rule.id: rule for rule in TABLE}
# Under an open mode there is nothing left for this rule to judge, so only a whole policy can tell.
FREE_WHEN_OPEN = "claude-forbidden"
_LONGEST_NAME = 80


class Reader:
    """Reads one document. What it finds is in its attributes."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.values: dict[KeyPath, Named] = {}
        self.tables: dict[KeyPath, Place] = {}
        self.waivers: list[Waiver] = []
        self.examples: list[Example] = []
        self.mistakes: list[Mistake] = []
        self.notes: list[Mistake] = []

    def read(self, document: dict[str, Any]) -> None:
        """Reads it all."""
        self._table(document, ())
        if "version" not in document:
            self._wrong(("version",), "is missing", "version = 1")

    def _table(self, table: dict[str, Any], path: KeyPath) -> None:
        for name, raw in table.items():
            below = (*path, name)
            if key := key_at(below):
                self._value(key, below, raw)
            elif is_list(below):
                self._list(below, raw)
            elif is_table(below):
                self._subtable(below, raw)
            else:
                self._wrong(below, *unknown(below))

    def _subtable(self, path: KeyPath, raw: Any) -> None:
        if not isinstance(raw, dict):
            self._wrong(path, "is a table, not a value", f"[{dotted(path)}]", _same_name(path))
            return
        if len(path) == 2:
            self.tables[path] = self._page.place(path)
            if unsafe(path[1]) or not path[1].strip() or "\n" in path[1] or len(path[1]) > _LONGEST_NAME:
                self._wrong(path, f"{shown(path[1])} is no name", "a short printable one")
        self._table(raw, path)

    def _value(self, key: Key, path: KeyPath, raw: Any) -> None:
        if key.name in ("rules.*", "teams.*") and not self._name_is_known(path):
            return
        value = self._page.value(key, path, raw, self.mistakes)
        if value is not None:
            self._check_fixed(path, value)
            self.values[path] = Named(value, self._page.place(path))

    def _name_is_known(self, path: KeyPath) -> bool:
        """Whether a rule or team is one."""
        name = path[1]
        if path[0] == "rules" and name not in RULES:
            self._wrong(path, "there is no such rule", "the id of a rule", nearest(name, RULES))
            return False
        if path[0] == "teams" and not (is_approver(name) and "/" in name):
            self._wrong(path, f"{shown(name)} is no team", '"@org/team", in quotes')
            return False
        return True

    def _check_fixed(self, path: KeyPath, value: Value) -> None:
        """Some answers are not the policy's to lower."""
        complain = self._page.complaints(path, self.mistakes)
        if path[0] == "rules" and RULES[path[1]].fixed and path[1] != FREE_WHEN_OPEN and value != "block":
            complain("no policy can lower this rule", '"block", or leave the line out')
        if path == ("data", FIXED_DATA, "use") and value != "deny":
            complain("no policy can put secrets in front of Claude", '"deny"')

    def _list(self, path: KeyPath, raw: Any) -> None:
        name = path[0]
        if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
            self._wrong(path, "is no list of tables", f"[[{name}]] before each entry")
            return
        for index, item in enumerate(raw):
            if name == "waivers" and (waiver := entries.waiver(self._page, item, index, self.mistakes, self.notes)):
                self.waivers.append(waiver)
            if name == "examples" and (example := entries.example(self._page, item, index, self.mistakes)):
                self.examples.append(example)

    def _wrong(self, path: KeyPath, message: str, expected: str = "", close: str = "") -> None:
        self.mistakes.append(self._page.wrong_key(path, message, expected, close))


def unknown(path: KeyPath) -> tuple[str, str, str]:
    """What to say of a key that does not exist: the message, what the table knows, and the nearest known key."""
    here = names_in(path[:-1])
    close = nearest(path[-1], here)
    known = "" if "*" in here else f"one of {', '.join(here)}"
    return "there is no such key", known, dotted((*path[:-1], close)) if close else _same_name(path)


def _same_name(path: KeyPath) -> str:
    """The key of another table that has this name, as `mode` at the top is `claude.mode`."""
    return next((name for name, key in BY_NAME.items() if key.parts[-1] == path[-1]), "")
