"""The commit that is being made: whose it is, and how its message is written while it is edited."""

from __future__ import annotations

from pathlib import Path

from .plumbing import Git

# While one of these is in the git directory the content may be somebody else's.
_REPLAYING = ("CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply")
_SCISSORS = b" ------------------------ >8 ------------------------"


def author(git: Git) -> tuple[str, str]:
    """Name and mailbox of the author; git tells its hooks what `--author` says."""
    return _identity(git.line("var", "GIT_AUTHOR_IDENT"))


def committer(git: Git) -> tuple[str, str]:
    """Name and mailbox of the committer."""
    return _identity(git.line("var", "GIT_COMMITTER_IDENT"))


def _identity(line: str) -> tuple[str, str]:
    name, _, rest = line.partition("<")
    return name.strip(), rest.rpartition(">")[0].strip()


def encoding(git: Git) -> str:
    """The encoding of commit messages, empty for UTF-8."""
    return git.line_or_none("config", "--get", "i18n.commitEncoding") or ""


def comment(git: Git) -> str:
    """What comment lines of a message begin with. `auto` is a choice that only the editor's own text shows."""
    found = git.line_or_none("config", "--get", "core.commentChar")
    return "#" if found in (None, "", "auto") else str(found)


def replaying(git: Git) -> bool:
    """Whether git is applying a commit that exists already: a rebase, cherry-pick or revert."""
    return any(Path(git.git_dir, name).exists() for name in _REPLAYING)


def own_words(message: bytes, comment: str) -> bytes:
    """The message without what lies below the scissors line (a diff, say); comment lines are judged along."""
    kept, _, _ = message.partition(comment.encode() + _SCISSORS)
    return kept
