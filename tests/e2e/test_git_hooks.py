"""Real repositories, real pre-commit and prek, hooks that come from this repository: what may be committed, pushed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from gitrepo import GitRepo, closed_environment

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
CLAUDE_TRAILER = "Co-Authored-By: Claude Opus 5.5 <noreply@anthropic.com>"
CLAUDE_SESSION = {"CLAUDE_CODE_CHILD_SESSION": "1", "CLAUDE_CODE_SESSION_ID": "00000001-0000-4000-8000-000000000000"}
POLICY = """version = 1
[claude]
mode = "supervised"
[zones.vault]
paths = ["secrets/"]
access = "none"
reason = "Live credentials."
contact = "#vault"
[zones.migrations]
paths = ["db/migrations/"]
access = "read"
[contacts]
owner = "@acme/platform"
"""
STAGES = ("pre-commit", "prepare-commit-msg", "commit-msg", "pre-push")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """This repository as it is on disk, committed, as a hook repository; and its revision."""
    folder = tmp_path_factory.mktemp("source") / "ccguard"
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.split(b"\0")
    for name in filter(None, tracked):
        file = ROOT / os.fsdecode(name)
        if file.is_file():
            target = folder / os.fsdecode(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
    repo = GitRepo(folder)
    repo.git("init", "--quiet", "--initial-branch=main")
    return folder, repo.commit("All of it")


@pytest.fixture(scope="module", params=["pre-commit", "prek"])
def framework(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    """A framework's program, and where it keeps the hooks that it has built (once for all tests here)."""
    cache = str(tmp_path_factory.mktemp("cache"))
    return request.param, {"PRE_COMMIT_HOME": cache, "PREK_HOME": cache}


@pytest.fixture
def repo(tmp_path: Path, source: tuple[Path, str], framework: tuple[str, dict[str, str]]) -> Iterator[GitRepo]:
    """A repository with a policy, whose hooks a framework has installed."""
    program, cache = framework
    made = GitRepo.made(tmp_path / "repo")
    # Building a hook's environment downloads; what the tests judge needs no network.
    keep = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "UV_", "REQUESTS_"))}
    made.environment = {**closed_environment(tmp_path), **keep, **cache, "PATH": f"{BIN}:{os.environ['PATH']}"}
    url, revision = source
    hooks = [{"id": name} for name in ("ccguard", "ccguard-prepare", "ccguard-message", "ccguard-push")]
    config = {
        "repos": [{"repo": str(url), "rev": revision, "hooks": hooks}],
        "default_install_hook_types": list(STAGES),
    }
    made.write(".claude-policy.toml", POLICY)
    made.write(".pre-commit-config.yaml", yaml.safe_dump(config))
    made.write("db/migrations/1.sql", "select 1;\n")
    made.write("README.md", "hello\n")
    made.commit("Protect this repository")
    subprocess.run([program, "install"], cwd=made.path, env=made.environment, check=True, capture_output=True)
    yield made


def committed(repo: GitRepo, message: str, **env: str) -> tuple[int, str]:
    """Exit code and all output of a commit of the whole work tree."""
    repo.git("add", "--all")
    done = repo.tried("commit", "-m", message, env=env)
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def test_an_off_limits_path_with_claudes_trailer_is_refused(repo: GitRepo) -> None:
    repo.write("secrets/key.txt", "k\n")
    code, said = committed(repo, f"Rotate\n\n{CLAUDE_TRAILER}")
    assert code != 0
    assert "error[off-limits-path] CCG021: an AI-assisted change may not touch secrets/key.txt" in said
    assert 'zone "vault" is off limits ("Live credentials.")' in said
    assert "ask: #vault" in said


def test_a_commit_from_claudes_own_session_is_refused_without_any_trailer(repo: GitRepo) -> None:
    repo.write("db/migrations/1.sql", "select 2;\n")
    code, said = committed(repo, "Change it", **CLAUDE_SESSION)
    assert code != 0
    assert "may not touch db/migrations/1.sql" in said


def test_a_person_may_change_a_zone_that_claude_may_only_read(repo: GitRepo) -> None:
    repo.write("db/migrations/1.sql", "select 2;\n")
    code, said = committed(repo, "Change it by hand")
    assert code == 0, said


def test_a_staged_aws_key_is_refused_and_not_shown(repo: GitRepo) -> None:
    key = "AKIA" + "QYLPMN5HFIQR7XYA"
    repo.write("settings.py", f'KEY = "{key}"\n')
    code, said = committed(repo, "Add settings")
    assert code != 0
    assert "error[secret-in-content] CCG041: AWS Access Key in settings.py" in said
    assert key not in said


def test_a_commit_of_claudes_session_is_stamped_and_a_persons_is_not(repo: GitRepo) -> None:
    repo.write("a.py", "print(1)\n")
    assert committed(repo, "By Claude", **CLAUDE_SESSION)[0] == 0
    assert repo.git("log", "-1", "--format=%B").strip() == "By Claude\n\nAssisted-by: Claude-Code"
    repo.write("a.py", "print(2)\n")
    assert committed(repo, "By hand")[0] == 0
    assert repo.git("log", "-1", "--format=%B").strip() == "By hand"


def test_what_skipped_the_commit_hooks_is_stopped_at_the_push(repo: GitRepo, tmp_path: Path) -> None:
    server = GitRepo.made(tmp_path / "server.git", bare=True)
    repo.git("remote", "add", "origin", str(server.path))
    repo.git("push", "--quiet", "origin", "main")
    repo.write("secrets/key.txt", "k\n")
    repo.git("add", "--all")
    repo.git("commit", "--no-verify", "-m", f"Rotate\n\n{CLAUDE_TRAILER}")
    bad = repo.head()
    done = repo.tried("push", "origin", "main")
    assert done.returncode != 0
    assert b"CCG021" in done.stdout + done.stderr
    assert server.git("rev-parse", "main") != bad


def test_a_range_is_judged_by_its_base_whatever_its_head_says(repo: GitRepo) -> None:
    base = repo.head()
    repo.write(".claude-policy.toml", 'version = 1\n[claude]\nmode = "open"\n')
    repo.commit("Loosen the policy", options=["--no-verify"])
    repo.write("secrets/key.txt", "k\n")
    bad = repo.commit("Rotate", trailers=[CLAUDE_TRAILER], options=["--no-verify"])
    done = subprocess.run(
        [str(BIN / "ccguard"), "check", "--range", f"{base}..HEAD", "--format", "json"],
        cwd=repo.path,
        env=repo.environment,
        capture_output=True,
        text=True,
    )
    report = json.loads(done.stdout)
    assert (done.returncode, report["verdict"]) == (1, "block")
    assert [(f["id"], f["path"]) for f in report["findings"] if f["commit"] == bad] == [("CCG021", "secrets/key.txt")]
    assert ("CCG031", ".claude-policy.toml") in {(f["id"], f["path"]) for f in report["findings"]}


def test_a_policy_that_is_not_staged_yet_holds_all_the_same(repo: GitRepo) -> None:
    repo.git("rm", "-q", "--cached", ".claude-policy.toml")
    repo.git("commit", "-q", "--no-verify", "-m", "As if it had never been there")
    repo.write("secrets/key.txt", "k\n")
    repo.git("add", "secrets/key.txt")
    done = repo.tried("commit", "-m", f"Rotate\n\n{CLAUDE_TRAILER}")
    assert done.returncode != 0
    assert b"CCG021" in done.stdout + done.stderr


def test_a_pull_request_that_brings_the_first_policy_is_not_refused_for_it(repo: GitRepo) -> None:
    repo.git("config", "core.hooksPath", os.devnull)
    repo.git("checkout", "-q", "--orphan", "before")
    repo.git("rm", "-rfq", ".")
    repo.write("README.md", "hello\n")
    base = repo.commit("Start", options=["--no-verify"])
    repo.git("checkout", "-q", "main", "--", ".claude-policy.toml", ".pre-commit-config.yaml")
    repo.commit("Protect", options=["--no-verify"])
    done = subprocess.run(
        [str(BIN / "ccguard"), "check", "--range", f"{base}..HEAD"],
        cwd=repo.path,
        env=repo.environment,
        capture_output=True,
    )
    assert (done.returncode, b"warning[guard-tampering]" in done.stdout) == (0, True)
