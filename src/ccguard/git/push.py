"""What a push would send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ..model.error import UsageError
from .objects import Objects, reader
from .plumbing import Git, to_text
from .refs import all_refs, resolve

_JUDGED_WITHOUT_STDIN = ("refs/heads/", "refs/tags/")


class Pushed(NamedTuple):
    """One ref to be sent: `head` is to be judged without what the `bases` reach; all are full ids of commits."""

    ref: str
    bases: tuple[str, ...]
    head: str


def pushed(git: Git, lines: Iterable[bytes], remote: str, also: Sequence[str] = ()) -> list[Pushed]:
    """What git's pre-push hook has to judge, from the lines on its stdin (`LOCAL-REF OID REMOTE-REF OID`).

    pre-commit and prek pass no lines. Then it is every local branch and tag, `HEAD`, and the revisions of `also`.
    What the remote is known to have is left out, and a commit that several refs share is judged once, with the first.
    """
    refs = all_refs(git)
    tracked = [oid for ref, oid in refs.items() if remote and ref.startswith(f"refs/remotes/{remote}/")]
    sent = [_parsed(git, line) for line in lines if line.strip()]
    with reader(git) as objects:
        if sent:
            heads = [(ref, _commit(git, objects, new)) for ref, new, _ in sent if new != git.zero_oid]
            tracked += [old for _, _, old in sent if _has_commit(objects, old)]
        else:
            heads = list(_all_local(git, objects, refs, also))
    known = tuple(dict.fromkeys(tracked))
    found = []
    for ref, head in heads:
        if head not in known:
            found.append(Pushed(ref, known, head))
            known = (*known, head)
    return found


def _parsed(git: Git, line: bytes) -> tuple[str, str, str]:
    """Remote ref, new id, old id."""
    words = to_text(line.rstrip(b"\n")).rsplit(" ", 3)
    if len(words) != 4 or not all(_is_oid(git, word) for word in (words[1], words[3])):
        raise UsageError(
            "this is no line of git's pre-push hook",
            where="standard input",
            why=f"expected LOCAL-REF OID REMOTE-REF OID, got {to_text(line)!r}",
            fix="let git start the hook, or give it nothing on standard input",
            ask="whoever set up this hook",
        )
    return words[2], words[1], words[3]


def _is_oid(git: Git, word: str) -> bool:
    return len(word) == len(git.zero_oid) and all(letter in "0123456789abcdef" for letter in word)


def _commit(git: Git, objects: Objects, oid: str) -> str:
    """The commit that an id leads to. A tag may lead to something else, and that is not passed unseen."""
    found = objects.find(oid)
    return oid if found is not None and found.kind == "commit" else resolve(git, oid)


def _has_commit(objects: Objects, oid: str) -> bool:
    """Whether an id that the remote has is known here; the remote may be ahead of this clone."""
    found = objects.find(oid)
    return found is not None and found.kind in ("commit", "tag")


def _all_local(git: Git, objects: Objects, refs: dict[str, str], also: Sequence[str]) -> Iterator[tuple[str, str]]:
    for ref, oid in refs.items():
        if ref.startswith(_JUDGED_WITHOUT_STDIN):
            yield ref, _commit(git, objects, oid)
    if git.line_or_none("rev-parse", "--verify", "--quiet", "HEAD") is not None:
        yield "HEAD", resolve(git, "HEAD")
    for revision in also:
        yield revision, resolve(git, revision)
