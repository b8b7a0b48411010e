"""A change, judged: what is staged, a range of commits, a push, the whole tree. `check` and the git hooks share it."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from ..engine.decide import decide
from ..git import range as ranges
from ..git import refs
from ..git.objects import Objects, reader
from ..git.plumbing import Git
from ..git.session import made_by_claude
from ..git.staged import staged
from ..git.tree import tracked
from ..model.decision import Decision
from ..model.event import Commit, Event, Mark
from ..model.policy import Policy
from ..model.record import Record
from ..policy.load import load, read_file
from ..policy.merge import Merged, merge
from ..policy.mistakes import PolicyMistakes
from .change_evidence import ChangeEvidence
from .effective import at_revision, floored, readable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.event import EventKind
    from ..policy.layer import Layer

_INDEX = ""


class Judged(Record):
    """A decision on a change, and what it was made of."""

    kind: EventKind
    what: str
    decision: Decision
    policy: Policy
    commits: tuple[Commit, ...]
    seconds: float
    base: str = ""
    head: str = ""

    def files(self) -> int:
        """How many different paths the change touches."""
        return len({change.path for commit in self.commits for change in commit.changes})

    def assisted(self) -> int:
        """How many of the commits are known to be AI-assisted."""
        return sum(commit.assisted() for commit in self.commits)


class _Subject(Record):
    """What is to be judged by what."""

    kind: EventKind
    what: str
    policy: Merged
    commits: tuple[Commit, ...]
    mistakes: PolicyMistakes | None = None
    result: tuple[Commit, ...] = ()  # what no commit changes by itself
    adopts: bool = False


def judge_staged(git: Git, marks: tuple[Mark, ...] = (), only: tuple[str, ...] = ()) -> Judged | None:
    """What is staged, by the staged policy with `HEAD`'s as floor; None where no policy holds.

    For an AI-assisted commit (marks from a message, or the session that git runs under) the default branch's policy is
    a floor too.
    """
    started = time.monotonic()
    session = made_by_claude(os.environ)
    commit = staged(git, (*marks, session) if session else marks)
    with reader(git) as objects:
        policy = policy_of_commit(git, objects, assisted=commit.assisted())
        if policy is None:
            return None
        what = "staged changes, AI-assisted" if commit.assisted() else "staged changes"
        return _judged(_Subject("commit", what, policy, (commit,)), objects, only, started)


def policy_of_commit(git: Git, objects: Objects, *, assisted: bool) -> Merged | None:
    """The policy that a commit made now is judged by.

    Right after `ccguard init` it is in the work tree alone: then that one holds, rather than none.
    """
    branch = refs.floor_branch(git) if assisted else None
    revisions = ["HEAD", branch] if branch else ["HEAD"]
    found = floored(load(at_revision(objects, _INDEX)), readable(objects, revisions))
    if found is None and git.root is not None:
        unstaged = load(read_file(git.root))
        return merge(unstaged) if unstaged else None
    return found


def judge_tree(git: Git, only: tuple[str, ...] = ()) -> Judged | None:
    """Every file that is staged, as if it were added now, by a person."""
    started = time.monotonic()
    with reader(git) as objects:
        policy = policy_of_commit(git, objects, assisted=False)
        if policy is None:
            return None
        return _judged(_Subject("tree", "whole tree", policy, (tracked(git),)), objects, only, started)


def judge_range(git: Git, written: str, only: tuple[str, ...] = ()) -> Judged | None:
    """A range `A..B` by the policy of A, with B's as a second floor; None where neither has one."""
    base, head = refs.parse_range(git, written)
    judged = judge_commits(git, "pull-request", (base,), head, f"range {base[:12]}..{head[:12]}", base, only)
    return judged and judged.but(base=base, head=head)


def judge_commits(
    git: Git,
    kind: EventKind,
    bases: Sequence[str],
    head: str,
    what: str,
    ruling: str,
    only: tuple[str, ...] = (),
) -> Judged | None:
    """The commits that `head` has and no base has, by the policy of the revision `ruling` and the head's as floor."""
    started = time.monotonic()
    with reader(git) as objects:
        offered, mistakes = _offered(objects, head)
        layers = load(at_revision(objects, ruling)) if ruling else None
        if layers is None and offered is None:
            if mistakes is not None:
                raise mistakes
            return None
        # The base is the floor: the head's policy can only tighten it. Where the base has none, the head's holds.
        policy = merge(offered or layers or (), layers or ())
        commits = tuple(ranges.commits(git, bases, head))
        result = _result_of_merges(git, ruling, head, commits) if kind == "pull-request" else ()
        subject = _Subject(kind, what, policy, commits, mistakes, result, adopts=layers is None)
        return _judged(subject, objects, only, started)


def _result_of_merges(git: Git, base: str, head: str, commits: tuple[Commit, ...]) -> tuple[Commit, ...]:
    """Changes of an AI-assisted range that are in its result and in no commit.

    Git's merge follows a rename: an edit of `draft.sql` here, and its move to `db/migrations/` there, come together in
    a path that no commit touches.
    """
    marks = tuple(mark for commit in commits if commit.assisted() for mark in commit.marks)
    if not marks:
        return ()
    touched = {change.path for commit in commits for change in commit.changes}
    net = tuple(change for change in ranges.net_changes(git, base, head) if change.path not in touched)
    return (Commit(oid="", marks=marks, changes=net),) if net else ()


def _offered(objects: Objects, head: str) -> tuple[tuple[Layer, ...] | None, PolicyMistakes | None]:
    """The policy that the head would put in place; one that can't be read decides nothing and is a finding."""
    try:
        return load(at_revision(objects, head)), None
    except PolicyMistakes as mistakes:
        return None, mistakes


def _judged(subject: _Subject, objects: Objects, only: tuple[str, ...], started: float) -> Judged:
    policy = subject.policy.policy
    evidence = ChangeEvidence(objects, policy.secrets, subject.policy.notes, subject.mistakes)
    event = Event(subject.kind, today(), commits=(*subject.commits, *subject.result), adopts=subject.adopts)
    decision = decide(event, policy, evidence, only)
    return Judged(subject.kind, subject.what, decision, policy, subject.commits, time.monotonic() - started)


def today() -> str:
    """The day in UTC as an ISO date."""
    return time.strftime("%Y-%m-%d", time.gmtime())
