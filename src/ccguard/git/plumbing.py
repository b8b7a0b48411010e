"""Git, started as a child process and asked for plain facts: no shell, no pager, no program that a repository names.

Two kinds of settings are closed off. Those that would start a program or rewrite history for the reader (fsmonitor,
external diff, replace refs, grafts, fetching from a partial clone's remote), and those that would make two machines
read the same commit differently. What git tells its own hooks (`GIT_DIR`, `GIT_INDEX_FILE`, the quarantine of a push)
is kept: it says which index and which objects are meant.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import IO, NoReturn

from .trouble import not_started, trouble

# Git hands these to its hooks relative to the folder it starts them in; ours may be another.
_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE")

_DROPPED = (
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
    "GIT_ATTR_SOURCE",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
)

_SET = {
    "LC_ALL": "C",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",  # git 2.45
    "GIT_ALLOW_PROTOCOL": "none",  # the same for older ones: a fetch finds no transport
}

_OPTIONS = (
    "--no-pager",
    "-c",
    "core.quotePath=off",
    "-c",
    "core.fsmonitor=false",
    "-c",
    f"core.hooksPath={os.devnull}",
    "-c",
    "advice.graftFileDeprecated=false",
)

# Object ids of the tree that holds nothing; git knows them even where nobody has stored one.
_EMPTY_TREES = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


def reading_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment for reading: what git tells a hook, without what would change the answers."""
    kept = {name: value for name, value in environment.items() if name not in _DROPPED}
    for name in _PLACES:
        if kept.get(name):
            kept[name] = str(Path(kept[name]).absolute())
    return {**kept, **_SET}


def calm_environment() -> dict[str, str]:
    """This process's environment without git's variables: a session must not point us at another repository."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def to_text(raw: bytes) -> str:
    """Bytes from git as text; what is not UTF-8 survives as surrogates."""
    return raw.decode("utf-8", "surrogateescape")


class Git:
    """The repository that a folder belongs to. Each method that starts git raises `UnreachableError` if git fails."""

    def __init__(self, folder: str | Path, environment: Mapping[str, str] | None = None) -> None:
        """`environment` is the one a person or a hook started ccguard with; the process's own if not given."""
        self.folder = str(folder)
        self.environment = reading_environment(os.environ if environment is None else environment)

    def elsewhere(self, folder: str, **variables: str) -> Git:
        """The same repository seen from another folder, with more variables in git's environment."""
        other = copy(self)  # with the facts that are known already
        other.folder = folder
        other.environment = {**self.environment, **variables}
        return other

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """What git prints."""
        code, out, err = self.ended(*arguments, stdin=stdin)
        if code:
            self._fail(arguments, err, code)
        return out

    def line(self, *arguments: str) -> str:
        """What git prints, as one text without the newline at its end."""
        return to_text(self.run(*arguments).removesuffix(b"\n"))

    def line_or_none(self, *arguments: str) -> str | None:
        """The same, or None where git says with exit code 1 that there is no such thing."""
        code, out, err = self.ended(*arguments)
        if code not in (0, 1):
            self._fail(arguments, err, code)
        return None if code else to_text(out.removesuffix(b"\n"))

    def ended(self, *arguments: str, stdin: bytes = b"") -> tuple[int, bytes, bytes]:
        """Exit code, output and complaints of one git command."""
        try:
            done = subprocess.run(
                self._command(arguments),
                check=False,
                input=stdin,
                capture_output=True,
                cwd=self.folder,
                env=self.environment,
            )
        except OSError as error:
            raise not_started(error, self.folder) from error
        return done.returncode, done.stdout, done.stderr

    @contextmanager
    def reading(self, *arguments: str, stdin: bytes) -> Iterator[IO[bytes]]:
        """The output of a git command while it runs. All input is there from the start, so that neither side waits."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as complaints:
            given.write(stdin)
            given.seek(0)
            process = self._started(arguments, given, complaints)
            assert process.stdout is not None
            with process:
                try:
                    yield process.stdout
                    process.stdout.read()
                except BaseException:
                    process.kill()
                    raise
            if process.returncode:
                complaints.seek(0)
                self._fail(arguments, complaints.read(), process.returncode)

    @contextmanager
    def talking(self, *arguments: str) -> Iterator[tuple[IO[bytes], IO[bytes], IO[bytes]]]:
        """Input, output and complaints of a git command that answers question by question."""
        with tempfile.TemporaryFile() as complaints:
            process = self._started(arguments, subprocess.PIPE, complaints)
            assert process.stdin is not None and process.stdout is not None
            try:
                yield process.stdin, process.stdout, complaints
            finally:
                process.kill()  # it holds nothing: it only reads
                process.stdout.close()
                try:
                    process.stdin.close()
                except BrokenPipeError:
                    process.stdin = None
                process.wait()

    @cached_property
    def _facts(self) -> tuple[str, ...]:
        """Bare, shallow, object format, git directory; the path comes last, as it may hold newlines."""
        asked = ("--is-bare-repository", "--is-shallow-repository", "--show-object-format", "--absolute-git-dir")
        return tuple(self.line("rev-parse", *asked).split("\n", 3))

    @property
    def bare(self) -> bool:
        """Whether the repository has no work tree of its own."""
        return self._facts[0] == "true"

    @property
    def shallow(self) -> bool:
        """Whether a part of history was left out when it was cloned."""
        return self._facts[1] == "true"

    @property
    def object_format(self) -> str:
        """`sha1` or `sha256`."""
        return self._facts[2]

    @property
    def git_dir(self) -> str:
        """The absolute git directory; of a linked work tree its own one."""
        return self._facts[3]

    @cached_property
    def common_dir(self) -> str:
        """The absolute git directory that all work trees share."""
        return self.line("rev-parse", "--path-format=absolute", "--git-common-dir")

    @cached_property
    def root(self) -> str | None:
        """The absolute root of the work tree; None in a bare repository and inside a git directory."""
        if self.bare or self.line("rev-parse", "--is-inside-work-tree") != "true":
            return None
        return self.line("rev-parse", "--show-toplevel")

    @property
    def empty_tree(self) -> str:
        """The id of the tree that holds nothing."""
        return _EMPTY_TREES[self.object_format]

    @property
    def zero_oid(self) -> str:
        """The id that stands for "no object"."""
        return "0" * len(self.empty_tree)

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return ["git", *_OPTIONS, *arguments]

    def _started(
        self, arguments: tuple[str, ...], stdin: IO[bytes] | int, complaints: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self._command(arguments),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=complaints,
                cwd=self.folder,
                env=self.environment,
            )
        except OSError as error:
            raise not_started(error, self.folder) from error

    def _fail(self, arguments: tuple[str, ...], complaints: bytes, code: int) -> NoReturn:
        raise trouble(arguments, complaints, code, self.folder)
