"""A commit as git stores it: nothing here goes through `.mailmap`, replace refs or git's own idea of a trailer."""

from __future__ import annotations

from typing import NamedTuple

from ..model.error import UnreachableError
from .objects import Objects

_LARGEST = 64 << 20


class Person(NamedTuple):
    """Name and mailbox of an author or committer, as written."""

    name: str
    mailbox: str


class CommitObject(NamedTuple):
    """The parts of a commit object that ccguard judges."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    encoding: str
    message: bytes


def read_commit(objects: Objects, oid: str) -> CommitObject:
    """The commit of that full id; `UnreachableError` if it is not there or can't be understood."""
    content = objects.read(oid, _LARGEST)
    if content is None:
        raise _odd(oid, f"it is larger than {_LARGEST >> 20} MB")
    head, blank, message = content.partition(b"\n\n")
    headers = _headers(head)
    tree = headers.get(b"tree", [])
    if len(tree) != 1 or not blank:
        raise _odd(oid, "its header has no tree, or no end")
    return CommitObject(
        oid=oid,
        tree=tree[0].decode("ascii", "replace"),
        parents=tuple(parent.decode("ascii", "replace") for parent in headers.get(b"parent", ())),
        author=_person(headers.get(b"author", [])),
        committer=_person(headers.get(b"committer", [])),
        encoding=b"".join(headers.get(b"encoding", [])[:1]).decode("ascii", "replace"),
        message=message,
    )


def _headers(head: bytes) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    for line in head.split(b"\n"):
        if not line.startswith(b" "):  # such a line continues a signature
            key, _, value = line.partition(b" ")
            found.setdefault(key, []).append(value)
    return found


def _person(lines: list[bytes]) -> Person:
    """Git's reading is name, mailbox in angle brackets, time; of a line with more brackets all of them are kept."""
    line = b" ".join(lines)
    name, _, rest = line.partition(b"<")
    mailbox, closed, _ = rest.rpartition(b">")
    return Person(_decoded(name).strip(), _decoded(mailbox if closed else rest).strip())


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _odd(oid: str, why: str) -> UnreachableError:
    return UnreachableError(
        f"commit {oid} can't be read",
        where=f"commit {oid}",
        why=why,
        fix="make the commit again with git commit",
        ask="the author of the commit",
    )
