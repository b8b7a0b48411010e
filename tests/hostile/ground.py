"""A repository with a policy, and ccguard's real entry points run on it.

Every run is held to what is promised whatever comes in: a known exit code, no traceback, all files as they were.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from gitrepo import GitRepo, closed_environment

ROOT = Path(__file__).resolve().parents[2]
HOOK = ROOT / "hooks" / "claude_code.py"
CCGUARD = Path(sys.executable).with_name("ccguard")
POLICY_FILE = ".claude-policy.toml"
POLICY = """version = 1
[claude]
mode = "supervised"
[zones.vault]
paths = ["secrets/"]
access = "none"
reason = "Live credentials."
contact = "#vault"
[contacts]
owner = "@acme/platform"
"""
LOOSE = 'version = 1\n[claude]\nmode = "open"\n'
CLAUDE_TRAILER = "Co-Authored-By: Claude <noreply@anthropic.com>"
SESSION = {"CLAUDE_CODE_CHILD_SESSION": "1", "CLAUDE_CODE_SESSION_ID": "s"}  # git runs in a session of Claude Code
PARTS = ("error", "  --> ", "  why: ", "  fix: ", "  ask: ")

_LONGEST = 60  # seconds; what takes longer hangs
_AS_IT_IS: Mapping[str, str] = {}
_TRIES = 3  # the hook gives up after two seconds, which a busy machine may need for the first call
_PERSON = {f"GIT_{role}_{what}": "ada@acme.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


class Ended(NamedTuple):
    """How a program ended."""

    code: int
    out: str
    err: str

    def report(self) -> dict[str, Any]:
        """The JSON object that it printed."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    def rules(self) -> list[tuple[str, str]]:
        """Rule and path of each finding of a JSON report."""
        return [(finding["rule"], finding["path"]) for finding in self.report()["findings"]]

    def fails(self, code: int, *words: str) -> None:
        """Asserts an error of five parts, each said once and none empty, that holds these words."""
        assert (self.code, self.out) == (code, ""), self
        lines = self.err.splitlines()
        for part in PARTS:
            assert sum(line.startswith(part) and len(line.strip()) > len(part.strip()) for line in lines) == 1, self.err
        for word in words:
            assert word in self.err, self.err


class Answer(NamedTuple):
    """What the hook says to a call: `deny`, `ask`, `warn`, `pass`, or `exit 2` where it could not decide."""

    verdict: str
    reason: str


class Ground:
    """A folder with a home, a repository beside it, and what runs on them."""

    def __init__(self, folder: Path, repo: GitRepo | None = None) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir(exist_ok=True)
        self.repo = repo or GitRepo.made(folder / "repo")
        self.environment = {**closed_environment(self.home), **_PERSON}
        self.starter: list[str] = []  # what ccguard is started through
        self.tries = _TRIES

    def message(self, text: str = f"Change\n\n{CLAUDE_TRAILER}\n") -> str:
        """The path of a file, outside of the repository, with a commit's message."""
        file = self.folder / "message"
        file.write_text(text)
        return str(file)

    def named(self, path: str) -> str:
        """A path of the repository from the file system's root, as it is written otherwise."""
        return path if path.startswith("/") else f"{self.path}/{path}"

    def reading(self, path: str) -> bytes:
        """The payload of `Read` of a path of the repository."""
        return payload("Read", {"file_path": self.named(path)}, str(self.path))

    def governed(self, policy: str = POLICY) -> Ground:
        """The same, with a policy, an off-limits file and an ordinary one in a first commit."""
        self.repo.write(POLICY_FILE, policy)
        self.repo.write("secrets/key.txt", "k\n")
        self.repo.write("a.txt", "one\n")
        self.repo.commit("Begin")
        return self

    @property
    def path(self) -> Path:
        """The repository's folder."""
        return self.repo.path

    def ccguard(
        self,
        *words: str,
        stdin: bytes = b"",
        cwd: Path | None = None,
        env: Mapping[str, str] = _AS_IT_IS,
        seconds: int = _LONGEST,
    ) -> Ended:
        """The console script, run in the repository."""
        with self.unharmed():
            command = [*self.starter, str(CCGUARD), *words]
            return _ended(command, stdin, cwd or self.path, {**self.environment, **env}, seconds)

    def hook(self, payload: bytes, script: Path = HOOK, streams: str = "", env: Mapping[str, str] = _AS_IT_IS) -> Ended:
        """Claude Code's hook, given these bytes. `streams` redirects, as a shell writes it."""
        command = [*self.starter, "/bin/sh", "-c", f'exec "$0" -I -S "$1" {streams}', sys.executable, str(script)]
        with self.unharmed():
            for _ in range(self.tries):
                done = _ended(command, payload, self.path, {**self.environment, **env}, _LONGEST)
                if "no decision within" not in done.err:
                    break
        assert done.code in (0, 2), done
        return done

    def answer(self, payload: bytes, env: Mapping[str, str] = _AS_IT_IS) -> Answer:
        """What the client understands of the hook's answer to these bytes."""
        return answer(self.hook(payload, env=env))

    def call(self, tool: str, session: str = "s1", cwd: str | None = None, **given: Any) -> Answer:
        """What the hook answers to a call of a tool."""
        return self.answer(payload(tool, given, cwd or str(self.path), session))

    def read(self, path: str, **context: str) -> Answer:
        """What the hook answers to `Read` of a path; a relative one is below the repository."""
        return self.call("Read", file_path=self.named(path), **context)

    def write(self, path: str, **context: str) -> Answer:
        """What the hook answers to `Write` of a path; a relative one is below the repository."""
        return self.call("Write", file_path=self.named(path), content="x\n", **context)

    @contextmanager
    def unharmed(self) -> Iterator[None]:
        """Asserts that what runs inside leaves every file as it was; ccguard's own notes are nobody's files."""
        before = contents(self.folder)
        yield
        assert contents(self.folder) == before


def payload(tool: str, given: Mapping[str, Any], cwd: str, session: str = "s1") -> bytes:
    """What Claude Code sends before a call. Undecodable names go the way that the client's own JSON would."""
    call = {
        "hook_event_name": "PreToolUse",
        "session_id": session,
        "cwd": cwd,
        "tool_name": tool,
        "tool_input": dict(given),
    }
    return json.dumps(call).encode()


def answer(done: Ended) -> Answer:
    """What the client understands: nothing, one JSON object, or exit code 2."""
    if done.code == 2:
        assert done.err.startswith("ccguard: ") and not done.out, done
        return Answer("exit 2", done.err)
    assert not done.err, done
    if not done.out:
        return Answer("pass", "")
    said = json.loads(done.out)
    decided = said.get("hookSpecificOutput", {})
    if "permissionDecision" in decided:
        return Answer(decided["permissionDecision"], decided["permissionDecisionReason"])
    return Answer("warn", said["systemMessage"])


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Mode and content of everything below a folder, but for ccguard's notes in git directories and its cache."""
    found: dict[str, tuple[int, bytes]] = {}
    waiting = [folder]
    while waiting:
        for entry in os.scandir(waiting.pop()):
            if entry.path.endswith(("/ccguard", "/home/.cache")):
                continue
            mode = entry.stat(follow_symlinks=False).st_mode
            if entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry.path))
            found[entry.path] = (mode, _content(Path(entry.path), mode))
    return found


def _content(path: Path, mode: int) -> bytes:
    if stat.S_ISLNK(mode):
        return os.fsencode(path.readlink())
    if not stat.S_ISREG(mode) or not os.access(path, os.R_OK):
        return b""
    return path.read_bytes()


def _ended(command: list[str], stdin: bytes, cwd: Path, environment: Mapping[str, str], seconds: int) -> Ended:
    done = subprocess.run(command, input=stdin, cwd=cwd, env=environment, capture_output=True, timeout=seconds)
    ended = Ended(done.returncode, _text(done.stdout), _text(done.stderr))
    assert "Traceback" not in ended.out + ended.err, ended
    return ended


def _text(raw: bytes) -> str:
    """Output as text; what is printed must be UTF-8."""
    return raw.decode("utf-8")
