"""The commit that is being made: whose it is, and how its message is written while it is edited."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .plumbing import Git, to_text

# While one of these is in the git directory the content may be somebody else's.
_REPLAYING = ("CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply")
_SCISSORS = b" ------------------------ >8 ------------------------"


def identities(git: Git, environ: Mapping[str, str]) -> tuple[tuple[str, str], tuple[str, str]]:
    """(name, mailbox) of the author and of the committer; empty where git itself would not know.

    Git tells its hooks the author in `environ`, and in the variables of its own configuration what `-c user.email=...`
    says, which readers of history otherwise leave out.
    """
    given = {name: value for name, value in environ.items() if name.startswith("GIT_CONFIG_")}
    own = git.elsewhere(git.folder, **given)
    return _identity(own, environ, "AUTHOR"), _identity(own, environ, "COMMITTER")


def _identity(git: Git, environ: Mapping[str, str], role: str) -> tuple[str, str]:
    name, mailbox = environ.get(f"GIT_{role}_NAME"), environ.get(f"GIT_{role}_EMAIL")
    if name is not None and mailbox is not None:
        return name, mailbox
    code, out, _ = git.ended("var", f"GIT_{role}_IDENT")
    if code:
        return "", ""
    name, _, rest = to_text(out).partition("<")
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
