"""Objects of a repository, read one after another from a single `git cat-file`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, NamedTuple

from ..model.error import UnreachableError
from .plumbing import Git
from .trouble import trouble

_COMMAND = ("cat-file", "--batch-command", "-z")
_KINDS = ("blob", "tree", "commit", "tag")


class Found(NamedTuple):
    """What an object is, before anything of it is read."""

    oid: str
    kind: str
    size: int


class Objects:
    """Answers about objects by full id, or by `ID:PATH`. Made by `reader`."""

    def __init__(self, git: Git, questions: IO[bytes], answers: IO[bytes], complaints: IO[bytes]) -> None:
        self._git = git
        self._questions = questions
        self._answers = answers
        self._complaints = complaints

    def find(self, name: str) -> Found | None:
        """Kind and size of an object; None if there is none of that name."""
        return self._asked("info", name)

    def read(self, oid: str, limit: int) -> bytes | None:
        """The whole content; None if it is larger than `limit` bytes. A missing object is an error."""
        found = self.find(oid)
        if found is None:
            raise self._missing(oid)
        if found.size > limit:
            return None
        self._asked("contents", oid)
        content = self._answers.read(found.size)
        if len(content) != found.size or self._answers.read(1) != b"\n":
            raise self._broken()
        return content

    def _asked(self, verb: str, name: str) -> Found | None:
        asked = name.encode("utf-8", "surrogateescape")
        try:
            self._questions.write(verb.encode() + b" " + asked + b"\0")
            self._questions.flush()
        except BrokenPipeError:
            raise self._broken() from None
        line = self._answers.readline()
        oid, *rest = line.rstrip(b"\n").split(b" ")
        if len(rest) == 2 and rest[0].decode("ascii", "replace") in _KINDS and rest[1].isdigit() and b":" not in oid:
            return Found(oid.decode(), rest[0].decode(), int(rest[1]))
        if rest == [b"submodule"]:  # git 2.51 on; older ones say that it is missing
            return None
        # A path may hold newlines, and is repeated as it was asked for.
        expected = asked + b" missing\n"
        line += self._answers.read(max(0, len(expected) - len(line))) if line else b""
        if line != expected:
            raise self._broken()
        return None

    def _missing(self, oid: str) -> UnreachableError:
        return trouble(_COMMAND, f"error: bad object {oid}".encode(), 1, self._git.folder)

    def _broken(self) -> UnreachableError:
        self._complaints.seek(0)
        said = self._complaints.read()
        return trouble(_COMMAND, said or b"error: unable to read an object", 1, self._git.folder)


@contextmanager
def reader(git: Git) -> Iterator[Objects]:
    """A reader of objects; its git process lives as long as the `with` block."""
    with git.talking(*_COMMAND) as (questions, answers, complaints):
        yield Objects(git, questions, answers, complaints)
