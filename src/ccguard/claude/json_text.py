"""JSON text edited in place: what is not touched keeps its bytes, its order and its layout."""

from __future__ import annotations

import json
from typing import NamedTuple

_SPACE = " \t\n\r"
_DECODER = json.JSONDecoder()
_INDENT = "  "


class NotJson(ValueError):
    """What is wrong with a text that is not JSON as Claude Code reads it, and in which line."""

    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.line = line


class Part(NamedTuple):
    """A member of an object (`start` is where its key begins) or an item of an array (its key is empty)."""

    start: int
    key: str
    node: Node


class Node(NamedTuple):
    """A value and where it stands: `text[start:end]`."""

    start: int
    end: int
    value: object
    parts: tuple[Part, ...] = ()


def parse(text: str) -> Node:
    """The text's one value with the places of all its parts. Raises NotJson.

    Stricter than `json.loads`: `NaN`, which JavaScript's parser refuses, and a key given twice, of which it silently
    takes the last, are mistakes.
    """
    try:
        json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_once_each)
        return _node(text, _skip(text, 0))
    except json.JSONDecodeError as error:
        raise NotJson(error.msg, error.lineno) from None
    except RecursionError:
        raise NotJson("it is nested too deeply") from None


def appended(text: str, path: tuple[str, ...], item: object) -> str:
    """The text with an item more in the list at `path`; objects and the list itself are made where they are missing."""
    box = parse(text)
    for depth, key in enumerate(path):
        found = next((part.node for part in box.parts if part.key == key), None)
        if found is None:
            inner: object = [item]
            for missing in reversed(path[depth + 1 :]):
                inner = {missing: inner}
            return _inserted(text, box, f"{json.dumps(key)}: ", inner)
        box = found
    return _inserted(text, box, "", item)


def without(text: str, path: tuple[str | int, ...]) -> str:
    """The text without the part at `path`, and without the containers that this leaves empty."""
    box = parse(text)
    for step in path[:-1]:
        box = box.parts[_index(box, step)].node
    index = _index(box, path[-1])
    part = box.parts[index]
    if len(box.parts) > 1 and index == 0:
        return text[: part.start] + text[box.parts[1].start :]
    if len(box.parts) > 1:
        return text[: box.parts[index - 1].node.end] + text[part.node.end :]
    if len(path) > 1:
        return without(text, path[:-1])
    return text[: box.start + 1] + text[box.end - 1 :]


def _node(text: str, start: int) -> Node:
    """The node at `start` of a text that is known to be valid."""
    if text[start] not in "{[":
        value, end = _DECODER.raw_decode(text, start)
        return Node(start, end, value)
    parts: list[Part] = []
    at = _skip(text, start + 1)
    while text[at] not in "}]":
        begin, key = at, ""
        if text[start] == "{":
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        node = _node(text, at)
        parts.append(Part(begin, key, node))
        at = _skip(text, node.end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    if text[start] == "{":
        return Node(start, at + 1, {part.key: part.node.value for part in parts}, tuple(parts))
    return Node(start, at + 1, [part.node.value for part in parts], tuple(parts))


def _inserted(text: str, box: Node, label: str, value: object) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    unit = _unit(text)
    if not box.parts:
        margin = _margin(text, box.start)
        body = label + _rendered(value, unit, newline + margin + (unit or ""))
        if unit is not None:
            body = newline + margin + unit + body + newline + margin
        return text[: box.start + 1] + body + text[box.end - 1 :]
    first, last = box.parts[0].start, box.parts[-1].node.end
    before_first = text[box.start + 1 : first]
    if "\n" not in before_first:
        return f"{text[:last]}, {label}{_rendered(value, None, '')}{text[last:]}"
    line_start = newline + before_first.rpartition("\n")[2]
    return f"{text[:last]},{line_start}{label}{_rendered(value, unit or _INDENT, line_start)}{text[last:]}"


def _rendered(value: object, unit: str | None, line_start: str) -> str:
    if unit is None:
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False, indent=unit).replace("\n", line_start)


def _unit(text: str) -> str | None:
    """What one step of indentation is in this text; None where the text stands on one line."""
    root = parse(text)
    if not root.parts:
        return _INDENT
    before_first = text[root.start + 1 : root.parts[0].start]
    return before_first.rpartition("\n")[2] if "\n" in before_first else None


def _margin(text: str, at: int) -> str:
    """The white space that the line of `at` begins with."""
    line = text[text.rfind("\n", 0, at) + 1 :]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _index(box: Node, step: str | int) -> int:
    if isinstance(step, int):
        return step
    return [part.key for part in box.parts].index(step)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _refuse_constant(name: str) -> object:
    raise NotJson(f"{name} is not a JSON value")


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members: dict[str, object] = {}
    for key, value in pairs:
        if key in members:
            raise NotJson(f'the key "{key}" is there twice')
        members[key] = value
    return members
