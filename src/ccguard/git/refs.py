"""Names of commits, and the commits they stand for."""

from __future__ import annotations

import re

from ..model.error import UsageError
from .plumbing import Git
from .trouble import too_shallow, unknown_revision

_REMOTE = "refs/remotes/origin/"
_LOCAL = "refs/heads/"
_USUAL = ("main", "master")


def default_branch(git: Git) -> str | None:
    """The full name of the default branch's ref: a bare repository's `HEAD`, else `origin/HEAD`; None if not known."""
    return git.line_or_none("symbolic-ref", "--quiet", "HEAD" if git.bare else f"{_REMOTE}HEAD")


def floor_branch(git: Git) -> str | None:
    """The default branch as well as this clone can tell: the remote's if one is tracked, else the local one."""
    known = default_branch(git)
    existing = set(all_refs(git))
    if known in existing:
        return known
    return next((ref for ref in likely_defaults(git) if ref in existing), None)


def likely_defaults(git: Git) -> list[str]:
    """The full names that the default branch's ref may have where the remote does not say, the likeliest first."""
    own = git.line_or_none("config", "--get", "init.defaultBranch")
    names = (own, *_USUAL) if own else _USUAL
    return [prefix + name for prefix in (_REMOTE, _LOCAL) for name in names]


def all_refs(git: Git) -> dict[str, str]:
    """Every ref by its full name, with the id it leads to; of an annotated tag the id of what is tagged."""
    output = git.line("for-each-ref", "--format=%(objectname) %(*objectname) %(refname)")
    refs = {}
    for line in output.split("\n") if output else ():
        oid, peeled, name = line.split(" ", 2)
        refs[name] = peeled or oid
    return refs


def resolve(git: Git, revision: str) -> str:
    """The full id of the commit that a revision names."""
    if not revision or not revision.isprintable():
        raise UsageError(
            "a revision is empty, or holds characters that no revision has",
            where=repr(revision),
            why="ccguard never guesses which commits to judge",
            fix="name a branch, a tag or a commit id",
            ask="whoever wrote the command, or the CI job that runs it",
        )
    code, out, _ = git.ended("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    oid = out.decode("ascii").strip()
    if code == 0 and oid.isalnum():  # of "^main" git prints the id with a caret
        _refuse_double_meaning(git, revision)
        return oid
    raise too_shallow(revision, git.folder) if git.shallow else unknown_revision(revision, git.folder)


def _refuse_double_meaning(git: Git, revision: str) -> None:
    """Raises UsageError for a name of several refs: git would take the tag, and a tag can be called `origin/main`."""
    name = re.split(r"[~^:]|@\{", revision, maxsplit=1)[0]
    places = [f"{prefix}{name}" for prefix in ("", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/")]
    refs = all_refs(git)
    meant = [place for place in places if place in refs]
    if len({refs[place] for place in meant}) > 1:
        raise UsageError(
            f"{revision} names {len(meant)} refs that are not the same commit",
            where=", ".join(meant),
            why="ccguard never guesses which commits to judge",
            fix=f"write the full name, {meant[-1]} say, and delete the ref that should not be there",
            ask="whoever made the tag or branch of that name",
        )


def parse_range(git: Git, written: str) -> tuple[str, str]:
    """The ids of base and head of `A..B`. An empty side is refused: a CI variable without a value is no range."""
    base, dots, head = written.partition("..")
    if not dots or not base or not head or ".." in head or head.startswith("."):
        three = "..." in written
        raise UsageError(
            f"{written!r} is not a range",
            where="--range",
            why="three dots leave open where the target branch is now" if three else "a range is A..B, with both sides",
            fix="write A..B: A the branch to merge into, B what is to be merged (origin/main..HEAD)",
            ask="whoever wrote the command, or the CI job that runs it",
        )
    return resolve(git, base), resolve(git, head)


def merge_bases(git: Git, base: str, head: str) -> tuple[str, ...]:
    """The ids of the best common ancestors, the one git would choose first; empty for histories without any."""
    found = git.line_or_none("merge-base", "--all", base, head)
    if found:
        return tuple(found.split("\n"))
    if git.shallow:
        raise too_shallow(f"the common ancestor of {base} and {head}", git.folder)
    return ()
