"""Git's raw diff format, read with `-z`: which paths differ, with both modes and both object ids.

Raw lines know nothing of attributes, text conversion or renames, so nothing in a repository can hide a path from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO

from ..model.error import UnreachableError
from ..model.event import Change
from .plumbing import Git, to_text

# Without the last one a `.gitmodules` with `ignore = all` hides a moved submodule.
RAW = ("--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none")

_CHUNK = 1 << 16


def changes(output: bytes) -> tuple[Change, ...]:
    """The changes of one raw diff."""
    fields = output.split(b"\0")
    return tuple(_change(meta, path) for meta, path in zip(fields[:-1:2], fields[1::2], strict=True))


def tree_changes(git: Git, pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[Change, ...]]:
    """For each (old tree, new tree), in this order, the changes between them. One git process for all."""
    if not pairs:
        return
    asked = "".join(f"{old} {new}\n" for old, new in pairs).encode()
    answered = 0
    last: tuple[Change, ...] = ()
    with git.reading("diff-tree", "-r", "--stdin", *RAW, stdin=asked) as output:
        for group in _groups(output):
            if answered:
                yield last
            answered, last = answered + 1, group
    # Only now is it known that git did not break off in the middle of the last one.
    if answered != len(pairs):
        raise UnreachableError(
            "git did not compare all commits of the range",
            where=f"git diff-tree in {git.folder}",
            why=f"it answered for {answered} of {len(pairs)}",
            fix="git fsck shows what is damaged",
            ask="whoever set up this clone or CI job",
        )
    yield last


def _groups(output: IO[bytes]) -> Iterator[tuple[Change, ...]]:
    """The changes after each "old tree, new tree" line. Those lines end with a newline, all else with a NUL."""
    fields = _fields(output)
    group: list[Change] | None = None
    for field in fields:
        *headers, meta = field.split(b"\n")
        for _ in headers:
            if group is not None:
                yield tuple(group)
            group = []
        if meta and group is not None:
            group.append(_change(meta, next(fields, b"")))
    if group is not None:
        yield tuple(group)


def _fields(output: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := output.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
    yield rest


def _change(meta: bytes, path: bytes) -> Change:
    """One change from `:OLDMODE NEWMODE OLD NEW STATUS` and its path; a side that is not there is empty."""
    old_mode, new_mode, old_oid, new_oid, status = meta.decode("ascii").removeprefix(":").split(" ")
    return Change(
        status=status[:1],
        path=to_text(path),
        old_oid=_present(old_oid),
        new_oid=_present(new_oid),
        old_mode=_present(old_mode),
        new_mode=_present(new_mode),
    )


def _present(value: str) -> str:
    return value if value.strip("0") else ""
