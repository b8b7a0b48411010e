"""The lists of a policy file: waivers and examples, each entry a table of its own."""

from __future__ import annotations

from typing import Any

from ..model.policy import Example, Waiver
from ..rules import TABLE
from .keys import KEYS, Key, Value, names_in
from .mistakes import Mistake, nearest, shown
from .page import Page
from .patterns import compile_patterns
from .values import expected

_RULES = frozenset(rule.id for rule in TABLE)
_KEYS = {
    table: {key.parts[-1]: key for key in KEYS if key.parts[:2] == (table, "[]")} for table in ("waivers", "examples")
}
_UNWAIVABLE = ("claude-forbidden", "guard-tampering", "policy-invalid", "policy-loosened", "waiver-invalid")


def example(page: Page, item: dict[str, Any], index: int, mistakes: list[Mistake]) -> Example | None:
    """One of the policy's own tests; None if something is wrong with it."""
    found = _fields(page, "examples", item, index, mistakes, mistakes)
    if found is None:
        return None
    values: dict[str, Any] = found
    return Example(**values, origin=page.place(("examples", index)).origin)


def waiver(
    page: Page, item: dict[str, Any], index: int, mistakes: list[Mistake], notes: list[Mistake]
) -> Waiver | None:
    """A waiver; None if it is malformed: then it waives nothing, notes say why, and the rest of the policy holds."""
    wrong: list[Mistake] = []
    found = _fields(page, "waivers", item, index, mistakes, wrong)
    _check_waiver(page, item, index, wrong)
    if wrong or found is None:
        notes.extend(mistake._replace(rule="waiver-invalid") for mistake in wrong)
        return None
    values: dict[str, Any] = found
    matcher = compile_patterns(values.get("paths", ()))
    return Waiver(**values, matcher=matcher, origin=page.place(("waivers", index)).origin)


def _check_waiver(page: Page, item: dict[str, Any], index: int, wrong: list[Mistake]) -> None:
    complain = page.complaints(("waivers", index), wrong)
    rule, reason = item.get("rule"), item.get("reason")
    if isinstance(rule, str) and rule not in _RULES:
        complain(f"{shown(rule)} is no rule", "the id of a rule", nearest(rule, _RULES), ("rule",))
    elif rule in _UNWAIVABLE:
        complain(f"{rule} can't be waived", "another rule", inside=("rule",))
    if ("paths" in item) == ("digest" in item):
        complain("needs either paths or a digest", 'paths = ["..."] or digest = "..."')
    if isinstance(reason, str) and not reason.strip():
        complain("gives no reason", "a reason", inside=("reason",))


def _fields(
    page: Page, table: str, item: dict[str, Any], index: int, mistakes: list[Mistake], wrong: list[Mistake]
) -> dict[str, Value] | None:
    """The typed fields of an entry, None if one is wrong or missing. Unknown keys are always the policy's mistake."""
    keys = _KEYS[table]
    found: dict[str, Value] = {}
    for name, raw in item.items():
        spot = (table, index, name)
        if name not in keys:
            names = names_in((table, "[]"))
            close = nearest(name, names)
            mistakes.append(page.wrong_key(spot, "there is no such key", f"one of {', '.join(names)}", close))
        elif (value := page.value(keys[name], spot, raw, wrong)) is not None:
            found[name] = value
    missing = [key for name, key in keys.items() if key.required and name not in item]
    for key in missing:
        page.complaints((table, index), wrong)(f"has no {key.parts[-1]}", _wanted(key))
    return found if found.keys() == item.keys() and not missing else None


def _wanted(key: Key) -> str:
    return f"{key.parts[-1]} = {expected(key)}"
