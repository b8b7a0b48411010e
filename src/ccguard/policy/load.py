"""A policy and the files it extends, read through a callback: from the work tree, a revision, anywhere."""

from __future__ import annotations

import errno
import os
import posixpath
import stat
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

from .layer import Layer
from .merge import problems
from .mistakes import Mistake, PolicyMistakes, at, shown
from .parse import MOST_BYTES, read

Read: TypeAlias = Callable[[str], "bytes | None"]

POLICY_FILE = ".claude-policy.toml"
MOST_DEPTH = 8
MOST_FILES = 64


def load(read: Read, name: str = POLICY_FILE, label: str = "") -> tuple[Layer, ...] | None:
    """The layers of a policy, the most general first; None if there is none. Raises PolicyMistakes with all mistakes.

    `read` gives a file's bytes by its path from the repository's root, or None if there is no such file. Patterns of a
    policy below the root, and of what it extends, are relative to its folder. A `label` such as `HEAD:` stands before
    each file's name in messages.
    """
    layers, mistakes = inspect(read, name, label=label)
    if mistakes:
        raise PolicyMistakes(mistakes)
    return layers


def inspect(
    read: Read, name: str = POLICY_FILE, *, whole: bool | None = None, label: str = ""
) -> tuple[tuple[Layer, ...] | None, tuple[Mistake, ...]]:
    """The layers as far as they can be read, and everything that is wrong with them.

    `whole` says whether they have to be a policy that stands alone, as only the one at the root does by itself.
    """
    nested = posixpath.basename(name) == POLICY_FILE and not posixpath.isabs(name)
    loading = _Loading(read, posixpath.dirname(name) if nested else "", label)
    if not loading.add(name):
        return None, ()
    mistakes = loading.mistakes
    together = problems(loading.layers, whole=name == POLICY_FILE if whole is None else whole)
    mistakes += [mistake for mistake in together if not _follows(mistake, mistakes)]
    return loading.versioned(), tuple(mistakes)


def read_file(root: str) -> Read:
    """Reads files below a folder of the work tree. Raises PolicyMistakes for anything but a small regular file."""
    return lambda path: _bytes(root, path)


class _Loading:
    """Files that are being read, each once, those that others build on first."""

    def __init__(self, read: Read, folder: str, label: str) -> None:
        self._read = read
        self._folder = folder
        self._label = label
        self._open: list[str] = []
        self._known: set[str] = set()
        self.layers: list[Layer] = []
        self.mistakes: list[Mistake] = []

    def add(self, path: str) -> bool:
        """Adds a file after those that it extends; False if there is no such file."""
        self._known.add(path)
        try:
            text = self._read(path)
        except PolicyMistakes as error:
            self.mistakes.extend(error.mistakes)
            return True
        if text is None:
            return False
        layer, mistakes = read(text, path, self._folder, self._label)
        self.mistakes.extend(mistakes)
        self._open.append(path)
        for index, other in enumerate(layer.extends):
            self._extend(layer, other, index)
        self._open.pop()
        self.layers.append(layer)
        return True

    def _extend(self, layer: Layer, path: str, index: int) -> None:
        wrong = ""
        if path in self._open:
            wrong = f"{' -> '.join((*self._open, path))} goes in a circle"
        elif len(self._open) >= MOST_DEPTH:
            wrong = f"{shown(path)} is more than {MOST_DEPTH} files deep"
        elif path not in self._known:
            if len(self._known) >= MOST_FILES:
                wrong = f"{shown(path)} is past {MOST_FILES} files"
            elif not self.add(path):
                wrong = f"there is no file {shown(path)}"
        if wrong:
            place = layer.values["extends",].place
            self.mistakes.append(at(place, f"extends[{index + 1}]", wrong, "a policy file of this repository"))

    def versioned(self) -> tuple[Layer, ...]:
        """The layers, marked as one version."""
        parts = (part for layer in self.layers for part in (layer.path, layer.digest))
        version = blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=20).hexdigest()
        return tuple(replace(layer, version=version) for layer in self.layers)


def _follows(mistake: Mistake, others: list[Mistake]) -> bool:
    """Whether a mistake of the whole is only what another mistake leaves behind: a key that could not be read."""
    if any(not other.key for other in others):
        return True  # a file that could not be read at all
    key = mistake.key
    return any(key == other.nearest or other.key.startswith(key) or key.startswith(other.key) for other in others)


def _bytes(root: str, path: str) -> bytes | None:
    """The bytes of a regular file, opened so that nothing can make it hang; None if there is none."""
    try:
        what = _what_is_wrong(Path(root), path)
        if what:
            raise _refused(path, what)
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        handle = os.open(Path(root, path), flags | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refused(path, _why(error)) from None
    with os.fdopen(handle, "rb") as file:
        try:
            if what := _kind(os.fstat(handle).st_mode):
                raise _refused(path, f"is {what}")
            text = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise _refused(path, _why(error)) from None
    return text


def _what_is_wrong(root: Path, path: str) -> str:
    """Why a file may not be read, empty if it may. A link on the way is refused too: it may lead out of the root."""
    place = root
    parts = path.split("/")
    for index, part in enumerate(parts):
        place /= part
        mode = place.lstat().st_mode
        if index == len(parts) - 1:
            what = _kind(mode)
            return f"is {what}" if what else ""
        if stat.S_ISLNK(mode):
            return f"lies behind the link {shown('/'.join(parts[: index + 1]))}"
        if not stat.S_ISDIR(mode):
            raise FileNotFoundError(path)
    return ""


def _kind(mode: int) -> str:
    """What a file is instead of a regular one, in words; empty if it is one."""
    kinds = (
        (stat.S_ISREG, ""),
        (stat.S_ISLNK, "a symbolic link"),
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
    )
    return next((what for is_kind, what in kinds if is_kind(mode)), "a device")


def _why(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "is a symbolic link"
    return f"can't be read: {(error.strerror or 'unknown error').lower()}"


def _refused(path: str, what: str) -> PolicyMistakes:
    return PolicyMistakes(
        [Mistake(path, 0, 0, "", what, "a regular file")],
        why="what can't be read can't be judged by, and must not count as no policy",
        fix=f"put a regular file at {path}, or remove it from there",
    )
