"""What is guarded although no zone of a repository names it: ccguard's own parts, and files that run ccguard."""

from __future__ import annotations

import sys

from ..git.places import exists, normalised, read_file, relative, resolved, slashed
from ..model.record import Record
from ..version import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

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
# In Claude Code's own folder: whatever names hooks, or brings some along.
_CLAUDE_PARTS = (
    ("settings.json", "Claude Code's settings"),
    ("settings.local.json", "Claude Code's settings"),
    ("remote-settings.json", "Claude Code's managed settings"),
    (".claude.json", "Claude Code's settings"),
    ("plugins", "Claude Code's plugins"),
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
    table = (
        *_own_parts(),
        (f"{home}/.local/share/ccguard", "ccguard's launcher"),
        ("/usr/local/lib/ccguard", "ccguard's launcher"),
        (f"{home}/.cache/ccguard", "ccguard's cache"),
        (f"{home}/.local/state/ccguard", "ccguard's notes"),
        (f"{home}/.claude.json", "Claude Code's settings"),
        *((f"{folder}/{name}", part) for folder in (f"{home}/.claude", configuration) for name, part in _CLAUDE_PARTS),
        ("/etc/claude-code", "Claude Code's managed settings"),
        ("/Library/Application Support/ClaudeCode", "Claude Code's managed settings"),
        ("/etc/ccguard", "the organisation's policy"),
        (f"{home}/.gitconfig", "git's configuration"),
        (f"{home}/.config/git", "git's configuration"),
        ("/etc/gitconfig", "git's configuration"),
        (f"{home}/.cache/pre-commit", "pre-commit's cache"),
        (f"{home}/.cache/prek", "prek's cache"),
    )
    known: dict[str, str | None] = {}
    return tuple(Guarded(name, part) for path, part in table for name in {path, resolved(path, known)})


def _own_parts() -> Iterator[tuple[str, str]]:
    """What ccguard is made of and runs on, and what these are; of an interpreter for everything only ccguard's part."""
    package = _package()
    above = _above(package)
    yield package, "ccguard itself"
    checkout = f"{_above(above)}/hooks"
    if exists(f"{checkout}/claude_code.py"):
        yield checkout, "ccguard itself"
    yield sys.executable or "/nonexistent", "the interpreter that ccguard runs on"
    folder = virtual_environment()
    if not folder:
        yield f"{above}/ccguard_policy-{VERSION}.dist-info", "ccguard itself"
        yield f"{above}/tomli", "a package that ccguard imports"
    elif exists(f"{folder}/.git"):  # a repository that is an environment too: its own files are not ccguard's
        names = ("pyvenv.cfg", "Lib", "Scripts") if sys.platform == "win32" else ("pyvenv.cfg", "bin", *_libraries())
        for name in names:
            yield f"{folder}/{name}", "the environment that ccguard runs in"
    else:
        yield folder, "the environment that ccguard runs in"


def virtual_environment() -> str:
    """The folder of the virtual environment that ccguard runs in; empty if it runs in none.

    Told from the interpreter's place: `site`, which knows as well, runs code of others and is not loaded in the hook.
    """
    folder = _above(normalised(slashed(sys.executable or "")))
    candidates = (_above(folder), folder, slashed(sys.prefix))
    return next((found for found in candidates if found and exists(f"{found}/pyvenv.cfg")), "")


def package_folders() -> list[str]:
    """The folders in which the packages lie that ccguard imports."""
    above = _above(_package())
    environment = virtual_environment()
    prefixes = [environment or slashed(sys.prefix)]
    settings = (read_file(f"{environment}/pyvenv.cfg", _LARGEST) or b"").lower().replace(b" ", b"")
    if environment and b"include-system-site-packages=true" in settings:
        prefixes.append(slashed(sys.base_prefix))
    libraries = ("Lib",) if sys.platform == "win32" else _libraries()
    installed = above.endswith(("/site-packages", "/dist-packages"))
    return [
        *([above] if installed else ()),
        *(f"{prefix}/{library}/site-packages" for prefix in prefixes for library in libraries),
    ]


def _libraries() -> tuple[str, ...]:
    """Where an environment's modules lie in it: the portable ones, and those for this platform."""
    threads = "t" if "t" in getattr(sys, "abiflags", "") else ""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}{threads}"
    return tuple({f"lib/{version}": None, f"{sys.platlibdir}/{version}": None})


def _package() -> str:
    """The folder of the package `ccguard`."""
    return normalised(_above(_above(slashed(__file__))))


def _above(path: str) -> str:
    return path.rpartition("/")[0]


def git_parts(repositories: tuple[Repository, ...]) -> tuple[Guarded, ...]:
    """The git directories of these repositories, which may lie outside of them, under each name that they have."""
    folders = {path for one in repositories for path in (one.git_dir, one.common_dir)}
    return tuple(Guarded(name, "git's own files") for path in folders for name in {path, resolved(path)})


def machine_part(absolute: str, parts: tuple[Guarded, ...], *, whole: bool = False) -> str:
    """What part of the guardrails an absolute path belongs to, or holds if the `whole` of it counts; empty if none."""
    for guarded in parts:
        if absolute == guarded.path or relative(absolute, guarded.path) is not None:
            return guarded.part
        if whole and relative(guarded.path, absolute) is not None:
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
