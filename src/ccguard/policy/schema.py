"""The JSON Schema of the policy file, for editors: what of the table of keys a schema can say."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from ..rules import TABLE
from .keys import KEYS, Key, Kind

Schema: TypeAlias = dict[str, Any]

_APPROVER = r"^(@[^@/\s]+(/[^@/\s]+)?|[^@\s]+@[^@\s]+)$"
_INSIDE = r"^(?!\.{1,2}(/|$))[^/\\:]+(/(?!\.{1,2}(/|$))[^/\\:]+)*$"
_TEXT: Schema = {"type": "string"}
# Only a whole policy can tell whether this rule may be lowered: under an open mode there is nothing left of it.
_FREE_WHEN_OPEN = "claude-forbidden"


def schema() -> Schema:
    """JSON Schema 2020-12. A date of TOML is a string in the form of a date here, as editors have it."""
    root = _table(())
    root["properties"]["rules"] = _rules()
    root["properties"]["teams"]["propertyNames"] = _text_like(r"^@[^@/\s]+/[^@/\s]+$")
    root["properties"]["data"]["properties"] = {"secrets": _fixed_data(root)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://ccguard.dev/schema/claude-policy-1.json",
        "title": "ccguard policy (.claude-policy.toml)",
        "description": "Whether Claude Code may be used in a repository, what it may touch, and what its changes need.",
        **root,
    }


def text() -> str:
    """The schema as the committed file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _table(path: tuple[str, ...]) -> Schema:
    """The schema of the table at a path of the table of keys."""
    depth = len(path)
    below = [key for key in KEYS if key.parts[:depth] == path and len(key.parts) > depth]
    names = dict.fromkeys(key.parts[depth] for key in below)
    if "[]" in names:
        return {"type": "array", "items": _table((*path, "[]"))}
    properties = {name: _entry((*path, name)) for name in names if name != "*"}
    for name in properties:
        if "*" in names and name != "*":  # a name that ccguard knows has the keys of all others too
            shared = _entry((*path, "*"))["properties"]
            properties[name]["properties"] = {**shared, **properties[name]["properties"]}
    found: Schema = {"type": "object", "properties": properties} if properties else {"type": "object"}
    found["additionalProperties"] = _entry((*path, "*")) if "*" in names else False
    if required := [key.parts[depth] for key in below if key.required and len(key.parts) == depth + 1]:
        found["required"] = required
    return found


def _entry(path: tuple[str, ...]) -> Schema:
    key = next((key for key in KEYS if key.parts == path), None)
    return {"description": key.meaning, **_SHAPES[key.kind](key)} if key else _table(path)


def _rules() -> Schema:
    """Every rule by its id; one that no policy can lower takes "block" alone."""
    key = next(key for key in KEYS if key.name == "rules.*")
    properties = {}
    for rule in TABLE:
        fixed = rule.fixed and rule.id != _FREE_WHEN_OPEN
        description = f"{rule.number}: {rule.summary}. Level: {rule.level}."
        properties[rule.id] = {"description": description, "enum": ["block"] if fixed else list(key.allowed)}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _fixed_data(root: Schema) -> Schema:
    """The class "secrets", which no policy can put in front of Claude."""
    shared = root["properties"]["data"]["additionalProperties"]
    use = {**shared["properties"]["use"], "enum": ["deny"]}
    return {**shared, "properties": {**shared["properties"], "use": use}}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _count(key: Key) -> Schema:
    return {"type": "integer", "minimum": key.least, "maximum": 1_000_000}


def _text_like(pattern: str) -> Schema:
    return {"type": "string", "pattern": pattern}


_LIMIT: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 8}
_ENTROPY: Schema = {
    "oneOf": [
        {"const": "off"},
        {
            "type": "object",
            "properties": {"base64": _LIMIT, "hex": _LIMIT},
            "additionalProperties": False,
            "minProperties": 1,
        },
    ]
}
_EXCEPTION: Schema = {
    "type": "object",
    "properties": {"path": _text_like(r"^[^*?\[!]+$"), "reason": _text_like(r"\S")},
    "required": ["path", "reason"],
    "additionalProperties": False,
}
_SHAPES: dict[Kind, Callable[[Key], Schema]] = {
    "version": lambda key: {"const": 1},
    "text": lambda key: _TEXT,
    "path": lambda key: _text_like(_INSIDE),
    "word": lambda key: {"enum": list(key.allowed)},
    "words": lambda key: _list({"enum": list(key.allowed)}),
    "texts": lambda key: _list(_text_like(r"\S")),
    "patterns": lambda key: {**_list(_text_like(r"^[^#\s]")), "minItems": 1},
    "flag": lambda key: {"type": "boolean"},
    "count": _count,
    "date": lambda key: {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    "client-version": lambda key: _text_like(r"^\d{1,7}\.\d{1,7}(\.\d{1,7})?$"),
    "approver": lambda key: _text_like(_APPROVER),
    "approvers": lambda key: {**_list({"anyOf": [{"const": "CODEOWNERS"}, _text_like(_APPROVER)]}), "minItems": 1},
    "urls": lambda key: _list(_text_like(r"^https?://[^\s*?@]+$")),
    "connectors": lambda key: _list(_text_like(r"^(https?://\S+|[\w.:@-]+)$")),
    "branches": lambda key: _list(_text_like(r"^\S+$")),
    "entropy": lambda key: _ENTROPY,
    "exceptions": lambda key: _list(_EXCEPTION),
    "files": lambda key: _list(_text_like(_INSIDE)),
    "action": lambda key: _text_like(r"^(read|write|edit|delete|run|prompt|use|commit) \s*\S"),
    "digest": lambda key: _text_like(r"^[0-9a-f]{32}$"),
}
