"""The commits of a range, and what each of them changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from ..model.event import Change, Commit
from .commit_object import CommitObject, read_commit
from .merges import on_its_own, own_merges, workshop
from .message import marks, unreadable
from .objects import Objects, reader
from .plumbing import Git
from .raw import RAW, changes, tree_changes
from .refs import merge_bases
from .trouble import too_shallow


def commits(git: Git, base: str | Sequence[str], head: str) -> Iterator[Commit]:
    """Every commit that `head` reaches and no base does, parents first; without a base all of `head`'s history.

    The arguments are full ids. Changes are those against the first parent; of a merge, those that git's own merge of
    its parents does not make. How many git processes this takes does not depend on the range.
    """
    bases = tuple(filter(None, (base,) if isinstance(base, str) else base))
    listed = _listed(git, bases, head)
    with ExitStack() as stack:
        objects = stack.enter_context(reader(git))
        read = [read_commit(objects, oid) for oid in listed]
        merges = [commit.parents for commit in read if len(commit.parents) > 1]
        merged: list[str] = []
        if merges:
            shop = stack.enter_context(workshop(git))
            merged = own_merges(shop, objects, merges, bases[0] if bases else "")
        comparisons = _comparisons(git, objects, read, merged)
        pairs = [pair for wanted in comparisons for pair in wanted]
        found = tree_changes(shop.git if merges else git, pairs)
        for commit, wanted in zip(read, comparisons, strict=True):
            yield _judged(commit, [next(found) for _ in wanted])


def net_changes(git: Git, base: str, head: str) -> tuple[Change, ...]:
    """What `head` changes since it left `base`; all of `head` if the two have no history in common."""
    common = merge_bases(git, base, head)
    return changes(git.run("diff-tree", "-r", *RAW, common[0] if common else git.empty_tree, head))


def _listed(git: Git, bases: tuple[str, ...], head: str) -> list[str]:
    asked = "".join(f"{line}\n" for line in (head, *(f"^{oid}" for oid in bases)))
    oids = git.run("rev-list", "--topo-order", "--reverse", "--stdin", stdin=asked.encode()).decode("ascii").split()
    cut = _cut_off(git).intersection(oids)
    if cut:
        raise too_shallow(f"the history before {min(cut)}", git.folder)
    return oids


def _cut_off(git: Git) -> set[str]:
    """The commits of a shallow clone whose parents were left out: git shows them as if they had none."""
    if not git.shallow:
        return set()
    named = git.environment.get("GIT_SHALLOW_FILE")
    return set(Path(named or Path(git.common_dir, "shallow")).read_text("ascii").split())


def _comparisons(
    git: Git, objects: Objects, read: list[CommitObject], merged: list[str]
) -> list[list[tuple[str, str]]]:
    """For each commit the pairs of trees to compare: its parents' with its own, and before them git's merge, if one."""
    trees = {commit.oid: commit.tree for commit in read}
    own_trees = iter(merged)

    def tree(oid: str) -> str:
        if oid not in trees:
            trees[oid] = read_commit(objects, oid).tree
        return trees[oid]

    found = []
    for commit in read:
        old = [tree(parent) for parent in commit.parents] or [git.empty_tree]
        if len(commit.parents) > 1:
            old.insert(0, next(own_trees))
        found.append([(one, commit.tree) for one in old])
    return found


def _judged(commit: CommitObject, compared: list[tuple[Change, ...]]) -> Commit:
    return Commit(
        oid=commit.oid,
        marks=marks(commit.author, commit.committer, commit.message, commit.encoding),
        changes=compared[0] if len(compared) == 1 else on_its_own(compared[0], compared[1:]),
        parents=commit.parents,
        unreadable=unreadable(commit.message, commit.encoding),
    )
