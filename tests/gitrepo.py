"""Real repositories in temporary folders, closed off from the user's configuration, the clock and the network.

repo = GitRepo.made(tmp_path / "repo")
repo.write("a.txt", "one\n")
oid = repo.commit("Add a", trailers=["Assisted-by: Claude-Code"])
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

PERSON = ("Ada Person", "ada@acme.example")
CLAUDE = ("Claude", "noreply@anthropic.com")

_FIRST_DATE = 1_767_225_600  # 2026-01-01, UTC


def closed_environment(home: Path) -> dict[str, str]:
    """An environment in which git finds no configuration but the repository's own, and no network."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "file",
        "GIT_EDITOR": "true",
        "LC_ALL": "C",
        "TZ": "UTC",
    }


class GitRepo:
    """One repository. `environment` is what every git command runs with, and what ccguard's own git should get."""

    def __init__(self, path: Path) -> None:
        """A repository that is there already."""
        self.path = path
        self.environment = closed_environment(path.parent)
        self._seconds = _FIRST_DATE

    @classmethod
    def made(
        cls, path: Path, *, object_format: Literal["sha1", "sha256"] = "sha1", bare: bool = False, branch: str = "main"
    ) -> GitRepo:
        """A new repository, its folder included."""
        path.mkdir(parents=True)
        repo = cls(path)
        kind = ["--bare"] if bare else []
        repo.git("init", "--quiet", *kind, f"--object-format={object_format}", f"--initial-branch={branch}")
        return repo

    def clone(self, path: Path, *options: str) -> GitRepo:
        """A clone of this repository; by its URL, so that `--depth` and `--filter` mean something."""
        self.git("clone", "--quiet", *options, self.path.as_uri(), str(path))
        return GitRepo(path)

    def git(self, *arguments: str | bytes, input: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
        """What git prints, without the newline at its end. A git that fails fails the test, with its own words."""
        done = self.tried(*arguments, input=input, env=env)
        assert done.returncode == 0, f"git {arguments}: {done.stderr.decode(errors='replace')}"
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    def tried(
        self, *arguments: str | bytes, input: bytes | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """A git command that may fail."""
        self._seconds += 60
        people = {**_identity("AUTHOR", PERSON), **_identity("COMMITTER", PERSON)}
        dates = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"{self._seconds} +0000")
        return subprocess.run(
            ["git", *arguments],
            input=input,
            cwd=self.path,
            env={**self.environment, **people, **dates, **(env or {})},
            capture_output=True,
        )

    def write(self, path: str | bytes, content: str | bytes) -> None:
        """A file of the work tree, with the folders above it."""
        file = Path(self.path, os.fsdecode(path))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(
        self,
        message: str = "Change",
        *,
        author: tuple[str, str] = PERSON,
        committer: tuple[str, str] = PERSON,
        trailers: Sequence[str] = (),
        options: Sequence[str] = (),
    ) -> str:
        """The id of a new commit of the whole work tree, even if nothing changed. The message stays to the byte."""
        self.git("add", "--all")
        whole = message + ("\n\n" + "\n".join(trailers) + "\n" if trailers else "")
        people = {**_identity("AUTHOR", author), **_identity("COMMITTER", committer)}
        fixed = ("--quiet", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim", "--file=-")
        self.git("commit", *fixed, *options, input=whole.encode("utf-8", "surrogateescape"), env=people)
        return self.head()

    def head(self) -> str:
        """The id of the commit that is checked out."""
        return self.git("rev-parse", "HEAD")

    def raw_commit(self, headers: bytes, message: bytes) -> str:
        """The id of a commit stored exactly so; `headers` start with `author`, tree and parent are those of `HEAD`."""
        top = f"tree {self.git('rev-parse', 'HEAD^{tree}')}\nparent {self.head()}\n".encode()
        content = top + headers + b"\n\n" + message
        return self.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", input=content)


def _identity(role: str, person: tuple[str, str]) -> dict[str, str]:
    return {f"GIT_{role}_NAME": person[0], f"GIT_{role}_EMAIL": person[1]}
