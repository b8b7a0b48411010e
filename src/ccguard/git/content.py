"""The lines that a commit adds, with the text around them.

A line counts as added if the file holds it more often than before. Blobs are compared as they are stored, so no
attribute, text conversion or diff setting has a say, and moving a line within its file adds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from ..model.event import Change, Commit
from .objects import Objects

LARGEST = 10_000_000
_SUBMODULE = "160000"
_LFS = b"version https://git-lfs.github.com/spec/"
_LARGEST_POINTER = 1024


class AddedLines(NamedTuple):
    """The whole new text of a changed file, and the numbers (from 1) of the lines that are new in it.

    Lines end with a line feed and nothing else. The text is UTF-8, its other bytes escaped as surrogates, so that none
    is lost; where a byte is zero the lines may not be what an editor shows, and all of them count as new. Where the
    content can't be read, `reason` says why and there is no text; of a Git LFS pointer there are both, the pointer
    being text and not the content.
    """

    change: Change
    lines: tuple[int, ...] = ()
    text: str = ""
    reason: str = ""


def added_lines(objects: Objects, commit: Commit) -> Iterator[AddedLines]:
    """One answer for each changed file whose content is new; deletions and changes of mode alone add nothing.

    Against a merge's parents a line is new only if none of them has it.
    """
    for change in commit.changes:
        if change.status == "U":
            yield AddedLines(change, reason="a conflict in it is not resolved")
        elif change.new_mode == _SUBMODULE:
            yield AddedLines(change, reason="a submodule: its content is in another repository")
        elif change.new_oid and change.new_oid != change.old_oid:
            yield _added(objects, commit, change)


def _added(objects: Objects, commit: Commit, change: Change) -> AddedLines:
    found = objects.find(change.new_oid)
    if found is None:
        return AddedLines(change, reason="its content is not in this clone")
    raw = objects.read(change.new_oid, LARGEST)
    if raw is None:
        return AddedLines(change, reason=f"larger than {LARGEST // 1_000_000} MB")
    if b"\0" in raw:
        return AddedLines(change, tuple(range(1, len(_lines(raw)) + 1)), _decoded(raw))
    known: Counter[bytes] = Counter()
    for oid in _before(objects, commit, change):
        known |= Counter(_lines(_readable(objects, oid)))
    new = _lines(raw)
    counted = Counter(new)
    numbers = tuple(number for number, line in enumerate(new, 1) if counted[line] > known[line])
    pointer = raw.startswith(_LFS) and len(raw) <= _LARGEST_POINTER
    reason = "a Git LFS pointer: its content is stored elsewhere" if pointer else ""
    return AddedLines(change, numbers, _decoded(raw), reason)


def _before(objects: Objects, commit: Commit, change: Change) -> list[str]:
    """The blobs that the file had before: of a merge, one for each parent that has the file."""
    if len(commit.parents) < 2:
        return [change.old_oid] if change.old_oid and change.old_mode != _SUBMODULE else []
    found = (objects.find(f"{parent}:{change.path}") for parent in commit.parents)
    return [one.oid for one in found if one is not None and one.kind == "blob"]


def _readable(objects: Objects, oid: str) -> bytes:
    """An old content; nothing where it is missing or too large, so that all lines count as new."""
    return (objects.read(oid, LARGEST) or b"") if objects.find(oid) else b""


def _lines(raw: bytes) -> list[bytes]:
    lines = raw.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
