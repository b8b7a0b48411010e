"""All files that git tracks, as one commit that would add them."""

from __future__ import annotations

from ..model.event import Change, Commit
from .plumbing import Git, to_text
from .trouble import nothing_staged


def tracked(git: Git) -> Commit:
    """Every staged file as an addition; conflicts that are still open have status `U`.

    Raises UsageError in a bare repository.
    """
    if git.bare:
        raise nothing_staged(git.folder)
    found: dict[str, Change] = {}
    for entry in git.elsewhere(git.root or git.folder).run("ls-files", "--stage", "-z").split(b"\0"):
        if entry:
            facts, _, name = entry.partition(b"\t")
            mode, oid, stage = facts.decode("ascii").split(" ")
            path = to_text(name)
            found[path] = Change("A" if stage == "0" else "U", path, "", oid, "", mode)
    return Commit(oid="", changes=tuple(found.values()))
