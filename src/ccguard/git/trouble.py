"""What went wrong when git failed, said so that a person can mend it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..model.error import UnreachableError, UsageError

MINIMUM_GIT = "2.39"
_LONGEST_QUOTE = 300
_WRONG_USE = 129
_KEEPER = "whoever set up this clone or CI job"


class _Trouble(NamedTuple):
    """Words of git's own complaint (it speaks C locale English here), what they mean, and the way out."""

    words: tuple[str, ...]
    message: str
    fix: str


# The first row that fits counts.
_TROUBLES = (
    _Trouble(
        ("dubious ownership", "unsafe repository"),
        "git does not trust the owner of {folder}",
        "git config --global --add safe.directory {folder}",
    ),
    _Trouble(("not a git repository",), "{folder} is not in a git repository", "run ccguard inside a repository"),
    _Trouble(
        ("invalid gitfile format",),
        "the file .git that leads from {folder} to its repository can't be understood",
        "clone again; in a linked work tree, run `git worktree repair` in the main one",
    ),
    _Trouble(
        ("promisor", "could not fetch", "transport '", "lazy fetch"),
        "an object was left out of this partial clone",
        "git fetch --refetch --no-filter origin, or clone without --filter",
    ),
    _Trouble(
        ("shallow",),
        "a part of history is missing in this shallow clone",
        "git fetch --unshallow, or check out with the whole history (GitHub Actions: fetch-depth: 0)",
    ),
    _Trouble(
        (
            "bad object",
            "unable to read",
            "could not read",
            "could not parse",
            "unable to parse",
            "missing",
            "invalid sha",
        ),
        "git could not read an object that is needed",
        "git fetch origin; if that does not help, git fsck shows what is damaged",
    ),
)
_OTHER = _Trouble((), "git {command} failed", "run the command yourself to see what git objects to")
_TOO_OLD = _Trouble((), f"this git is too old: ccguard needs {MINIMUM_GIT} or later", "update git")


def trouble(arguments: tuple[str, ...], complaints: bytes, code: int, folder: str) -> UnreachableError:
    """The error for a git command that failed, with git's own words quoted."""
    quote = quoted(complaints)
    found = _kind(quote.lower(), code)
    command = next((word for word in arguments if not word.startswith("-") and "=" not in word), "")
    shown = _whole(folder)
    return UnreachableError(
        found.message.format(folder=shown, command=command),
        where=f"git {command} in {shown}",
        why=f"git says: {quote}" if quote else f"git ended with exit code {code} and said nothing",
        fix=found.fix.format(folder=shown),
        ask=_KEEPER,
    )


def not_started(error: OSError, folder: str) -> UnreachableError:
    """The error for a git that never ran."""
    there = Path(folder).is_dir()
    return UnreachableError(
        "the program git can't be started" if there else f"there is no folder {_whole(folder)}",
        where=_whole(folder),
        why=error.strerror or str(error),
        fix=f"install git {MINIMUM_GIT} or later and put it on PATH" if there else "name a folder of the repository",
        ask=_KEEPER,
    )


def nothing_staged(folder: str) -> UsageError:
    """The error for a repository that has no index and no work tree."""
    return UsageError(
        "nothing is ever staged in a bare repository",
        where=_whole(folder),
        why="it has no work tree, only commits",
        fix="judge commits with ccguard check --range A..B, or run this in a clone",
        ask=_KEEPER,
    )


def too_shallow(what: str, folder: str) -> UnreachableError:
    """The error for history that a shallow clone does not hold."""
    return UnreachableError(
        f"{what} is not in this shallow clone",
        where=_whole(folder),
        why="a range can only be judged with all of its commits",
        fix="git fetch --unshallow, or check out with the whole history (GitHub Actions: fetch-depth: 0)",
        ask=_KEEPER,
    )


def unknown_revision(revision: str, folder: str) -> UnreachableError:
    """The error for a revision that names no commit here."""
    return UnreachableError(
        f"{_plain(revision)} names no commit in this repository",
        where=_whole(folder),
        why="it was never fetched, or it is spelled wrong",
        fix=f"git fetch origin, then git rev-parse {_plain(revision)} must print a commit",
        ask=_KEEPER,
    )


def quoted(complaints: bytes) -> str:
    """The line of git's complaints that says most, safe to print."""
    lines = [_plain(line) for line in complaints.decode("utf-8", "replace").splitlines() if line.strip()]
    said = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return "; ".join((said or lines)[:2])[:_LONGEST_QUOTE]


def _kind(quote: str, code: int) -> _Trouble:
    for row in _TROUBLES:
        if any(words in quote for words in row.words):
            return row
    return _TOO_OLD if code == _WRONG_USE else _OTHER


def _whole(folder: str) -> str:
    """A folder's absolute path, safe to print: a remedy that names `.` does not help."""
    return _plain(str(Path(folder).absolute()))


def _plain(text: str) -> str:
    """Text from a repository without control characters and what else would move a terminal's cursor."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
