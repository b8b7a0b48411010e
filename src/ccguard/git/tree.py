"""All files that git tracks, as one commit that would add them."""

from __future__ import annotations

from ..model.event import Change, Commit
from .plumbing import Git, to_text


def tracked(git: Git) -> Commit:
    """Every staged file as an addition; conflicts that are still open have status `U`. There is a work tree."""
    found: dict[str, Change] = {}
    for entry in git.elsewhere(git.root or git.folder).run("ls-files", "--stage", "-z").split(b"\0"):
        if entry:
            facts, _, name = entry.partition(b"\t")
            mode, oid, stage = facts.decode("ascii").split(" ")
            path = to_text(name)
            found[path] = Change("A" if stage == "0" else "U", path, "", oid, "", mode)
    return Commit(oid="", changes=tuple(found.values()))
