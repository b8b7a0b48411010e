"""What is guarded although no zone names it: ccguard's own places on a machine, and CI files that run ccguard."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import ccguard
from ccguard.commands.guarded import machine_part, machine_parts, may_run_ccguard, runs_ccguard, runs_ccguard_now
from ccguard.version import VERSION

HOME = "/home/dev"


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/gate.yml",
        ".github/workflows/deep/er/gate.yaml",
        ".github/actions/gate/action.yml",
        ".gitlab-ci.yml",
        ".gitlab/ci/gate.yml",
        ".circleci/config.yml",
        ".buildkite/pipeline.yml",
        ".forgejo/workflows/gate.yml",
        ".gitea/workflows/gate.yml",
        ".woodpecker.yml",
        ".woodpecker/gate.yml",
        ".drone.yml",
        ".travis.yml",
        "azure-pipelines.yml",
        "bitbucket-pipelines.yml",
        "Jenkinsfile",
    ],
)
def test_a_file_that_a_ci_system_runs_may_run_ccguard(path: str) -> None:
    assert may_run_ccguard(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "src/app.py",
        "docs/ccguard.md",
        ".github/CODEOWNERS",
        ".github/workflows",
        ".github/workflows.md",
        "examples/.github/workflows/gate.yml",
        ".gitlab-ci.yml.orig",
        "ci/.gitlab-ci.yml",
        "Jenkinsfile.md",
    ],
)
def test_no_other_file_may(path: str) -> None:
    assert not may_run_ccguard(path)


@pytest.mark.parametrize(
    "line",
    [
        b"ccguard check",
        b"      - run: ccguard check --range $BASE..HEAD --forge github",
        b"      - run: uvx ccguard-policy check",
        b"  - pip install ccguard-policy==1.2.0",
        b"  - pipx run ccguard@latest check",
        b"      uses: acme/ccguard@v1",
        b"      uses: ./.github/actions/ccguard",
        b"script: ['ccguard check']",
        b'  sh "ccguard check"',
        b'args: ["ccguard", "check"]',
        b"run: [ccguard, check]",
        b"  - /opt/venv/bin/ccguard check",
        b"  - python -m ccguard check",
        b"  - if ccguard check; then exit 0; fi",
        b"  - `ccguard check`",
        b"  - lint && ccguard check || exit 1",
        b"  - ccguard; exit 1",
        b"  - ccguard check  # the gate",
        b"  - id: ccguard",
        b"name: x\r\nrun: ccguard check\r\n",
        b"name: x\rrun: ccguard check\r",
        b"\xff\xfe broken bytes\nrun: ccguard check",
    ],
)
def test_the_command_as_a_word_of_its_own_is_a_call(line: bytes) -> None:
    assert runs_ccguard(line)
    assert runs_ccguard(b"on: push\njobs:\n" + line + b"\n")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"run: make test",
        b"# ccguard check",
        b"    # - run: ccguard check",
        b"#ccguard check",
        b"run: my-ccguard check",
        b"run: ccguardian check",
        b"run: ccguard-policy-docs",
        b"run: ccguard.local check",
        b"run: cat notes-on-ccguard",
        b"env: { CCGUARDED: 1 }",
    ],
)
def test_a_comment_or_another_word_is_no_call(line: bytes) -> None:
    assert not runs_ccguard(line)
    assert not runs_ccguard(b"on: push\njobs:\n" + line + b"\n")


def test_a_comment_does_not_hide_the_call_on_the_next_line() -> None:
    assert runs_ccguard(b"# the gate\nrun: ccguard check")


def test_the_file_on_disk_is_read(tmp_path: Path) -> None:
    gate = tmp_path / "gate.yml"
    gate.write_bytes(b"run: ccguard check\n")
    assert runs_ccguard_now(str(gate))
    gate.write_bytes(b"run: make test\n")
    assert not runs_ccguard_now(str(gate))


def test_a_file_that_is_not_there_or_no_file_runs_nothing(tmp_path: Path) -> None:
    assert not runs_ccguard_now(str(tmp_path / "gone.yml"))
    assert not runs_ccguard_now(str(tmp_path))


@pytest.mark.parametrize(
    ("path", "part"),
    [
        (f"{HOME}/.local/share/ccguard/hook", "ccguard's launcher"),
        (f"{HOME}/.local/share/ccguard", "ccguard's launcher"),
        ("/usr/local/lib/ccguard/hook", "ccguard's launcher"),
        (f"{HOME}/.cache/ccguard/policies/0a1b", "ccguard's cache"),
        (str(Path(ccguard.__file__).with_name("cli.py")), "ccguard itself"),
        (sys.executable, "the interpreter that ccguard runs on"),
        (str(Path(sys.executable).resolve()), "the interpreter that ccguard runs on"),
        (f"{HOME}/.claude/settings.json", "Claude Code's settings"),
        (f"{HOME}/.claude/settings.local.json", "Claude Code's settings"),
        (f"{HOME}/.claude/remote-settings.json", "Claude Code's managed settings"),
        (f"{HOME}/.claude/plugins/cache/x/hooks.json", "Claude Code's plugins"),
        (f"{HOME}/.claude.json", "Claude Code's settings"),
        (f"{HOME}/.local/state/ccguard/journal", "ccguard's notes"),
        (str(Path(__file__).parents[2] / "hooks/claude_code.py"), "ccguard itself"),
        ("/etc/claude-code/managed-settings.json", "Claude Code's managed settings"),
        ("/etc/ccguard/policy.toml", "the organisation's policy"),
        (f"{HOME}/.gitconfig", "git's configuration"),
        (f"{HOME}/.config/git/config", "git's configuration"),
        ("/etc/gitconfig", "git's configuration"),
        (f"{HOME}/.cache/pre-commit/repo0/x.py", "pre-commit's cache"),
        (f"{HOME}/.cache/prek/x", "prek's cache"),
    ],
)
def test_the_guardrails_own_places_are_guarded(path: str, part: str) -> None:
    assert machine_part(path, machine_parts(HOME, f"{HOME}/.claude")) == part


@pytest.mark.parametrize(
    "path",
    [
        HOME,
        f"{HOME}/notes.txt",
        f"{HOME}/.local/share/ccguard-notes",
        f"{HOME}/.cache/ccguardian/x",
        f"{HOME}/.claude/CLAUDE.md",
        f"{HOME}/.claude.json.md",
        f"{HOME}/.local/state/other",
        str(Path(__file__)),
        f"{HOME}/.claude/settings.json.md",
        f"{HOME}/.gitconfig.d/x",
        "/home/other/.claude/settings.json",
        "/etc/hosts",
        "",
    ],
)
def test_other_places_are_not(path: str) -> None:
    assert machine_part(path, machine_parts(HOME, f"{HOME}/.claude")) == ""


def test_claude_codes_settings_are_where_its_configuration_is() -> None:
    parts = machine_parts(HOME, "/srv/claude")
    assert machine_part("/srv/claude/settings.json", parts) == "Claude Code's settings"
    assert machine_part("/srv/claude/remote-settings.json", parts) == "Claude Code's managed settings"
    assert machine_part("/srv/claude/plugins/x", parts) == "Claude Code's plugins"
    assert machine_part("/srv/claude/.claude.json", parts) == "Claude Code's settings"
    assert machine_part("/srv/claude/projects/x.jsonl", parts) == ""
    assert machine_part(f"{HOME}/.claude/plugins/x", parts) == "Claude Code's plugins"


def _runs_in(folder: Path, monkeypatch: pytest.MonkeyPatch, *, alone: bool = True) -> None:
    """Makes the running interpreter look like one in this folder; `alone` is a virtual environment."""
    (folder / "bin").mkdir(parents=True)
    if alone:
        (folder / "pyvenv.cfg").write_text("home = /usr/bin\n")
    monkeypatch.setattr(sys, "executable", f"{folder}/bin/python")
    monkeypatch.setattr(sys, "prefix", f"{folder}/none")


ENVIRONMENT = "the environment that ccguard runs in"


def test_a_virtual_environment_is_guarded_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path.resolve() / "repo/.venv"
    _runs_in(folder, monkeypatch)
    parts = machine_parts(HOME, f"{HOME}/.claude")
    assert machine_part(f"{folder}/lib/python3.12/site-packages/x.pth", parts) == ENVIRONMENT
    assert machine_part(f"{folder}/bin/ccguard", parts) == ENVIRONMENT
    assert machine_part(f"{folder.parent}/lib/x.py", parts) == ""


def test_of_a_repository_that_is_an_environment_only_that_is_guarded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path.resolve() / "repo"
    _runs_in(folder, monkeypatch)
    (folder / ".git").mkdir()
    parts = machine_parts(HOME, f"{HOME}/.claude")
    library = f"{folder}/lib/python{sys.version_info[0]}.{sys.version_info[1]}"
    for path in (f"{library}/site-packages/x.pth", f"{folder}/bin/ccguard", f"{folder}/pyvenv.cfg"):
        assert machine_part(path, parts) == ENVIRONMENT
    for path in (f"{folder}/lib/x.py", f"{folder}/src/a.py"):
        assert machine_part(path, parts) == ""


def test_of_an_interpreter_for_everything_only_ccguards_part_is_guarded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path.resolve() / "usr"
    _runs_in(folder, monkeypatch, alone=False)
    parts = machine_parts(HOME, f"{HOME}/.claude")
    packages = Path(ccguard.__file__).parents[1]
    for path in (packages / "ccguard/cli.py", packages / f"ccguard_policy-{VERSION}.dist-info/RECORD"):
        assert machine_part(str(path), parts) == "ccguard itself"
    for path in (packages / "other/x.py", folder / "bin/other", folder / "lib/python3.12/site-packages/x.py"):
        assert machine_part(str(path), parts) == ""


def test_a_home_that_is_a_link_is_guarded_under_both_names(tmp_path: Path) -> None:
    tmp_path = tmp_path.resolve()
    (tmp_path / "real").mkdir()
    (tmp_path / "home").symlink_to("real")
    parts = machine_parts(f"{tmp_path}/home", f"{tmp_path}/home/.claude")
    for home in (f"{tmp_path}/home", f"{tmp_path}/real"):
        assert machine_part(f"{home}/.claude/settings.json", parts) == "Claude Code's settings"
        assert machine_part(f"{home}/.local/share/ccguard/hook", parts) == "ccguard's launcher"
