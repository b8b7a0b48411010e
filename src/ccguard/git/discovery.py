"""A person's own repository, looked at with GitPython, where somebody waits for the answer."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ccguard.model.error import UnreachableError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git import Git


class WorkTree(NamedTuple):
    """A work tree: its top, the git directory that all work trees of the clone share, and where git looks for hooks."""

    root: Path
    common_dir: Path
    hooks: Path
    hooks_path: str  # core.hooksPath, empty where it is not set

    def is_tracked(self, path: str) -> bool:
        """Whether the index holds a path."""
        return _answer(_git(self.root), "ls-files", "--error-unmatch", "--", f":(top,literal){path}")[0] == 0

    def is_ignored(self, path: str) -> bool:
        """Whether git would leave a path out of a commit of everything."""
        return _answer(_git(self.root), "check-ignore", "-q", "--", path)[0] == 0

    def tracked_files(self) -> list[str]:
        """The paths in the index."""
        return _answer(_git(self.root), "ls-files", "-z")[1].rstrip("\0").split("\0")


def work_tree(start: Path) -> WorkTree:
    """The work tree that a folder is in. Raises UsageError where there is none."""
    git = _git(start)
    status, inside, said = _answer(git, "rev-parse", "--is-inside-work-tree")
    if status or inside != "true":
        raise UsageError(
            "this is not the work tree of a git repository",
            where=str(start),
            why=said or "it is a bare repository, or the inside of a git directory",
            fix="go into a clone, or make one of this folder with `git init`",
        )
    root = Path(_must(git, "--show-toplevel"))
    return WorkTree(
        root,
        (start / _must(git, "--git-common-dir")).resolve(),
        (start / _must(git, "--git-path", "hooks")).resolve(),
        _answer(git, "config", "core.hooksPath")[1],
    )


def _git(folder: Path) -> Git:
    try:
        from git import Git
    except ImportError as error:
        raise UnreachableError("git was not found", why=str(error), fix="install git and put it on PATH") from None
    return Git(str(folder))


def _must(git: Git, *words: str) -> str:
    status, out, said = _answer(git, "rev-parse", *words)
    if status:
        raise UnreachableError(f"git could not say where {words[-1]} is", why=said, fix="see what git says")
    return out


def _answer(git: Git, *words: str) -> tuple[int, str, str]:
    """(exit code, standard output, standard error)."""
    status, out, said = git.execute(["git", *words], with_extended_output=True, with_exceptions=False)
    return status, str(out), str(said)
