"""What is staged, as the commit that it is about to become."""

from __future__ import annotations

from pathlib import Path

from ..model.event import Change, Commit, Mark
from .merges import on_its_own, own_merges, workshop
from .objects import reader
from .plumbing import Git
from .raw import RAW, changes
from .trouble import nothing_staged


def staged(git: Git, marks: tuple[Mark, ...] = ()) -> Commit:
    """The staged changes against `HEAD`, or against nothing before the first commit.

    While a merge is in progress the index holds the other side's work as well. As for a finished merge, only what
    differs from git's own merge of the parents is this commit's change. Status `U` is a conflict that is still open.
    Raises UsageError in a bare repository.
    """
    if git.bare:
        raise nothing_staged(git.folder)
    parents = _parents(git)
    against = [_staged_against(git, parent) for parent in parents or (git.empty_tree,)]
    found = against[0] if len(against) == 1 else _of_a_merge(git, parents, against)
    return Commit(oid="", marks=marks, changes=found, parents=parents)


def _parents(git: Git) -> tuple[str, ...]:
    """`HEAD`, and what is being merged into it."""
    head = git.line_or_none("rev-parse", "--verify", "--quiet", "HEAD")
    if head is None:
        return ()
    try:
        merging = Path(git.git_dir, "MERGE_HEAD").read_text("ascii").split()
    except FileNotFoundError:
        merging = []
    return (head, *merging)


def _of_a_merge(git: Git, parents: tuple[str, ...], against: list[tuple[Change, ...]]) -> tuple[Change, ...]:
    with reader(git) as objects, workshop(git) as shop:
        tree = own_merges(shop, objects, [parents], parents[0])[0]
        return on_its_own(_staged_against(shop.git, tree), against)


def _staged_against(git: Git, tree: str) -> tuple[Change, ...]:
    return changes(git.run("diff-index", "--cached", *RAW, tree, "--"))
