"""The repository that a person stands in, and the policy that holds in its work tree."""

from __future__ import annotations

from ..git.plumbing import Git
from ..model.error import UsageError
from ..model.policy import Policy
from ..policy.load import load, read_file
from .effective import floored, revision_layers


def here() -> tuple[str, Policy]:
    """The root of the work tree, and its policy with `HEAD`'s and the default branch's as floors."""
    git = Git(".")
    if git.root is None:
        raise UsageError(
            "there is no work tree here",
            where=git.git_dir,
            why="a bare repository has no files to explain",
            fix="run this in a clone",
            ask="whoever set up this repository",
        )
    merged = floored(load(read_file(git.root)), revision_layers(git.root))
    if merged is None:
        raise UsageError(
            "this repository has no policy",
            where=f"{git.root}/.claude-policy.toml",
            why="without one nothing is enforced",
            fix="ccguard init",
            ask="the owner of this repository",
        )
    return git.root, merged.policy
