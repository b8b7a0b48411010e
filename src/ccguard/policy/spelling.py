"""Patterns and values as the policy file spells them."""

from __future__ import annotations

from .keys import Entropy, Exempt, quoted

_SPECIAL = frozenset("\\*?[]!# ")


def literal(path: str) -> str:
    """The pattern that covers exactly this path, from the root."""
    return "/" + "".join("\\" + char if char in _SPECIAL else char for char in path)


def rebased(line: str, folder: str) -> str:
    """A pattern that was written for a folder, as one for the root above it."""
    if not folder:
        return line
    mark, body = ("!", line[1:]) if line.startswith("!") else ("", line)
    anchored = "/" in body.rstrip("/")
    return f"{mark}{literal(folder)}/{body.removeprefix('/') if anchored else '**/' + body}"


def toml(value: object) -> str:
    """A value as the policy file spells it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Entropy):
        limits = [f"{name} = {limit}" for name, limit in zip(Entropy._fields, value, strict=True) if limit is not None]
        return f"{{ {', '.join(limits)} }}" if limits else '"off"'
    if isinstance(value, Exempt):
        return f"{{ path = {quoted(value.path)}, reason = {quoted(value.reason)} }}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml, value))}]"
    return str(value)
