"""What is guarded although no zone of a repository names it: ccguard's own parts, and files that run ccguard."""

from __future__ import annotations

import sys

from ..git.places import read_file, relative, resolved
from ..model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..git.places import Repository

# Where CI systems look for what to run, relative to the root of a repository: folders end in a slash.
_CI_FILES = (
    ".github/workflows/",
    ".github/actions/",
    ".gitlab-ci.yml",
    ".gitlab/",
    ".circleci/",
    ".buildkite/",
    ".forgejo/workflows/",
    ".gitea/workflows/",
    ".woodpecker/",
    ".woodpecker.yml",
    ".drone.yml",
    ".travis.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "Jenkinsfile",
)
_COMMANDS = {b"ccguard", b"ccguard-policy", b"ccguard_policy", b"ccguard.exe"}
_IN_NAMES = b"abcdefghijklmnopqrstuvwxyz0123456789_.-"
# Every byte that can't stand in a name, as a blank; `re` would cost as much as the rest of a decision.
_NAMES_ONLY = bytes(code if code in _IN_NAMES else 32 for code in range(256))
_LARGEST = 1 << 20


class Guarded(Record):
    """A file or folder outside any repository's zones, and what it is in words."""

    path: str
    part: str


def machine_parts(home: str, configuration: str) -> tuple[Guarded, ...]:
    """ccguard's and Claude Code's own places on this machine, under each name that they have."""
    package = __file__.rpartition("/")[0].rpartition("/")[0]
    table = (
        (f"{home}/.local/share/ccguard", "ccguard's launcher"),
        ("/usr/local/lib/ccguard", "ccguard's launcher"),
        (f"{home}/.cache/ccguard", "ccguard's cache"),
        (package, "ccguard itself"),
        (sys.executable or "/nonexistent", "the interpreter that ccguard runs on"),
        (f"{configuration}/settings.json", "Claude Code's settings"),
        (f"{configuration}/settings.local.json", "Claude Code's settings"),
        ("/etc/claude-code", "Claude Code's managed settings"),
        ("/Library/Application Support/ClaudeCode", "Claude Code's managed settings"),
        ("/etc/ccguard", "the organisation's policy"),
        (f"{home}/.gitconfig", "git's configuration"),
        (f"{home}/.config/git", "git's configuration"),
        ("/etc/gitconfig", "git's configuration"),
        (f"{home}/.cache/pre-commit", "pre-commit's cache"),
        (f"{home}/.cache/prek", "prek's cache"),
    )
    return tuple(Guarded(name, part) for path, part in table for name in {path, resolved(path)})


def git_parts(repositories: tuple[Repository, ...]) -> tuple[Guarded, ...]:
    """The git directories of these repositories, which may lie outside of them, under each name that they have."""
    folders = {path for one in repositories for path in (one.git_dir, one.common_dir)}
    return tuple(Guarded(name, "git's own files") for path in folders for name in {path, resolved(path)})


def machine_part(absolute: str, parts: tuple[Guarded, ...]) -> str:
    """What part of the guardrails an absolute path belongs to; empty if none."""
    for guarded in parts:
        if absolute == guarded.path or relative(absolute, guarded.path) is not None:
            return guarded.part
    return ""


def may_run_ccguard(path: str) -> bool:
    """Whether a repository-relative path is one that a CI system runs."""
    return any(path == name or (name.endswith("/") and path.startswith(name)) for name in _CI_FILES)


def runs_ccguard(content: bytes) -> bool:
    """Whether a CI file calls ccguard: the name as a word of its own, in a line that is no comment."""
    for line in content.replace(b"\0", b"").splitlines():
        if not line.lstrip().startswith(b"#") and _COMMANDS.intersection(line.lower().translate(_NAMES_ONLY).split()):
            return True
    return False


def runs_ccguard_now(absolute: str) -> bool:
    """Whether the file that is on disk calls ccguard."""
    return runs_ccguard(read_file(absolute, _LARGEST) or b"")
