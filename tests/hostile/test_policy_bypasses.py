"""Ways past the policy that a session was found to have: through what ccguard loads, keeps, or reads of git."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from importlib.metadata import files
from pathlib import Path

import pytest
from gitrepo import GitRepo

from .ground import HOOK, LOOSE, POLICY, POLICY_FILE, ROOT, Answer, Ground, answer, payload

EXTENDING = 'version = 1\nextends = ["rules/base.toml"]\n'
BROKEN = "version = [\n"
# marshal's beginning of a tuple with two thousand million parts
ENDLESS = b"(\xff\xff\xff\x7f"
_SOON = 15  # seconds, on a busy machine; what it would take otherwise is half a minute a call


# -- the modules that are loaded ----------------------------------------------------------------------------------


def _environment(folder: Path, *, installed: bool) -> tuple[Path, Path]:
    """The site-packages of a new virtual environment that has what ccguard needs, and the hook that runs in it."""
    venv.create(folder, with_pip=False, symlinks=True)
    site = next(folder.glob("lib/python*/site-packages"))
    for file in files("tomli") or ():
        if ".." not in file.parts:
            (site / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(file.locate()), site / file)
    if not installed:
        return site, HOOK
    shutil.copytree(ROOT / "src/ccguard", site / "ccguard", ignore=shutil.ignore_patterns("*.pyc", "*.bundle"))
    (site / f"ccguard/hooks/{HOOK.name}").parent.mkdir(exist_ok=True)
    shutil.copy(HOOK, site / "ccguard/hooks")
    return site, site / "ccguard/hooks" / HOOK.name


def _answer_of(ground: Ground, python: Path, hook: Path, data: bytes) -> Answer:
    done = subprocess.run(
        [str(python), "-I", "-S", str(hook)], input=data, capture_output=True, cwd=ground.path, env=ground.environment
    )
    return answer(type(ground.hook(data))(done.returncode, done.stdout.decode(), done.stderr.decode()))


@pytest.mark.parametrize("installed", [True, False], ids=["installed", "a checkout"])
def test_a_pth_file_is_never_run_by_the_hook(installed: bool, ground: Ground) -> None:
    site, hook = _environment(ground.folder / "env", installed=installed)
    (site / "evil.pth").write_text("import os; os._exit(0)\n")
    (site / "sitecustomize.py").write_text("import os; os._exit(0)\n")
    python = ground.folder / "env/bin/python"
    assert _answer_of(ground, python, hook, ground.reading("secrets/key.txt")).verdict == "deny"
    assert _answer_of(ground, python, hook, ground.reading("a.txt")).verdict == "pass"


@pytest.mark.parametrize("place", ["env", "repo/.venv"])
def test_the_environment_that_ccguard_runs_in_is_guarded_and_what_is_around_it_is_not(
    place: str, ground: Ground
) -> None:
    folder = ground.folder / place
    site, hook = _environment(folder, installed=True)

    def writing(path: Path) -> str:
        data = payload("Write", {"file_path": str(path), "content": "x\n"}, str(ground.path))
        return _answer_of(ground, folder / "bin/python", hook, data).verdict

    guarded = (site / "evil.pth", site / "tomli/__init__.py", folder / "bin/ccguard", folder / "pyvenv.cfg", hook)
    assert [writing(path) for path in guarded] == ["deny"] * len(guarded)
    assert writing(ground.path / "new.txt") == "pass"
    assert writing(ground.path / "lib/new.txt") == "pass"


# -- the policies that a session has met --------------------------------------------------------------------------


@pytest.fixture
def extending(tmp_path: Path) -> Ground:
    """A repository whose whole policy is in a file that the policy file extends. No branch of it is the default one."""
    folder = tmp_path.resolve()
    ground = Ground(folder, GitRepo.made(folder / "repo", branch="work"))
    ground.repo.write("rules/base.toml", POLICY)
    return ground.governed(EXTENDING)


def _only(repo: GitRepo) -> None:
    """Makes the commit that is checked out one that no other branch knows of."""
    repo.git("checkout", "--quiet", "--orphan", "other")


def test_a_session_keeps_what_an_extended_file_said(extending: Ground) -> None:
    assert extending.read("secrets/key.txt").verdict == "deny"
    _only(extending.repo)
    extending.repo.write("rules/base.toml", LOOSE)
    extending.repo.commit("Loosen what the policy extends")
    assert extending.read("secrets/key.txt").verdict == "deny"
    assert extending.read("a.txt").verdict == "pass"
    assert extending.read("secrets/key.txt", session="s2").verdict == "pass"


def test_a_version_without_the_extended_file_changes_nothing_for_the_session(extending: Ground) -> None:
    assert extending.read("secrets/key.txt").verdict == "deny"
    _only(extending.repo)
    (extending.path / "rules/base.toml").unlink()
    extending.repo.write(POLICY_FILE, LOOSE)
    extending.repo.commit("One file")
    assert extending.read("secrets/key.txt").verdict == "deny"
    assert extending.read("a.txt").verdict == "pass"


def test_an_extended_file_that_is_tightened_and_loosened_again_stays_tight(extending: Ground) -> None:
    _only(extending.repo)
    extending.repo.write("rules/base.toml", LOOSE)
    extending.repo.commit("Loose")
    assert extending.read("secrets/key.txt").verdict == "pass"
    extending.repo.write("rules/base.toml", POLICY)
    assert extending.read("secrets/key.txt").verdict == "deny"
    extending.repo.write("rules/base.toml", LOOSE)
    assert extending.read("secrets/key.txt").verdict == "deny"


# -- a policy that can't be read ----------------------------------------------------------------------------------


@pytest.fixture
def broken(ground: Ground) -> Ground:
    """A repository whose committed policy can't be read, in a session that has met no other."""
    ground.repo.write(POLICY_FILE, BROKEN)
    ground.repo.commit("Break")
    return ground


def test_a_broken_policy_at_head_holds_when_the_file_is_gone(broken: Ground) -> None:
    (broken.path / POLICY_FILE).unlink()
    found = broken.read("a.txt")
    assert found.verdict == "deny" and f"HEAD:{POLICY_FILE}:" in found.reason
    broken.repo.git("rm", "--cached", "--quiet", POLICY_FILE)
    assert broken.read("a.txt").verdict == "deny"
    broken.ccguard("check", "--staged").fails(3, f"HEAD:{POLICY_FILE}:")


def test_a_broken_policy_at_head_can_be_mended(broken: Ground) -> None:
    broken.repo.write(POLICY_FILE, POLICY)
    assert broken.read("a.txt").verdict == "pass"
    assert broken.read("secrets/key.txt").verdict == "deny"
    broken.repo.git("add", POLICY_FILE)
    assert broken.ccguard("check", "--staged").code == 0


# -- what ccguard keeps -------------------------------------------------------------------------------------------


def test_a_frozen_policy_that_would_take_for_ever_to_thaw_is_not_thawed(ground: Ground) -> None:
    assert ground.read("a.txt").verdict == "pass"
    (file,) = (ground.home / ".cache/ccguard/policies").iterdir()
    kept = file.read_bytes()
    started = time.monotonic()
    for damaged in (ENDLESS, ENDLESS + kept[len(ENDLESS) :], kept[:8] + ENDLESS, kept[:8] + ENDLESS + kept[13:]):
        file.write_bytes(damaged)
        assert ground.read("secrets/key.txt").verdict == "deny"
    assert time.monotonic() - started < _SOON


def test_modules_that_would_take_for_ever_to_load_are_not_loaded(ground: Ground) -> None:
    installed = ground.folder / "installed"
    (installed / "hooks").mkdir(parents=True)
    shutil.copy(HOOK, installed / "hooks")
    shutil.copytree(ROOT / "src", installed / "src", ignore=shutil.ignore_patterns("*.pyc", "*.bundle"))
    bundle = installed / f"src/ccguard/__pycache__/hook.{sys.implementation.cache_tag}.bundle"
    bundle.parent.mkdir(exist_ok=True)
    bundle.write_bytes(ENDLESS)
    started = time.monotonic()
    done = ground.hook(ground.reading("secrets/key.txt"), script=installed / "hooks" / HOOK.name)
    assert answer(done).verdict == "deny"
    assert time.monotonic() - started < _SOON


def _large(kind: str) -> str:
    """A policy as large as the limits allow."""
    if kind == "patterns":
        patterns = ",\n".join(f'"services/area-{n}/**/[a-z]enerated-{n}-*/x*y/**/*.lock"' for n in range(1_900))
        return f'{POLICY}[zones.made]\naccess = "read"\npaths = [\n{patterns}\n]\n'
    return POLICY + "".join(f'[[examples]]\ndo = "read a{n}.txt"\nexpect = "pass"\n' for n in range(9_000))


@pytest.mark.parametrize("kind", ["patterns", "examples"])
def test_a_large_policy_is_judged_by(kind: str, ground: Ground) -> None:
    text = _large(kind)
    ground.repo.write(POLICY_FILE, text)
    ground.repo.commit("Grow")
    ground.repo.write(POLICY_FILE, text + "# and one more version\n")
    ground.tries = 1
    assert ground.read("secrets/key.txt").verdict == "deny"
    (file,) = (ground.home / ".cache/ccguard/policies").iterdir()
    assert b"read a77.txt" not in file.read_bytes().replace(text.encode(), b"")  # only what the hook needs is kept


# -- the branches that have a say ---------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["loose", "packed", "through a symbolic ref"])
def test_a_default_branch_of_any_name_is_seen_when_it_is_tightened(how: str, tmp_path: Path) -> None:
    folder = tmp_path.resolve()
    ground = Ground(folder, GitRepo.made(folder / "repo", branch="trunk")).governed(LOOSE)
    repo = ground.repo
    repo.git("config", "init.defaultBranch", "trunk")
    repo.git("checkout", "--quiet", "-b", "work")
    if how == "through a symbolic ref":
        repo.git("branch", "--quiet", "--move", "trunk", "stem")
        repo.git("symbolic-ref", "refs/heads/trunk", "refs/heads/stem")
    repo.write(POLICY_FILE, POLICY)
    repo.git("add", "--all")
    tight = repo.git("commit-tree", "-m", "Tighten", repo.git("write-tree"))
    repo.git("reset", "--quiet", "--hard")
    assert ground.read("secrets/key.txt").verdict == "pass"
    assert ground.read("secrets/key.txt").verdict == "pass"
    repo.git("update-ref", "refs/heads/trunk", tight)
    if how == "packed":
        repo.git("pack-refs", "--all")
    assert ground.read("secrets/key.txt").verdict == "deny"


# -- git that does not answer -------------------------------------------------------------------------------------


def _git_in(folder: Path) -> list[int]:
    """The ids of the git processes that work in a folder."""

    def found() -> Iterator[int]:
        for entry in Path("/proc").iterdir():
            try:
                if (entry / "comm").read_text() == "git\n" and (entry / "cwd").readlink() == folder:
                    yield int(entry.name)
            except OSError:
                continue  # it ended, or it is no process

    return list(found())


@pytest.mark.skipif(not Path("/proc/self/comm").exists(), reason="needs Linux's list of processes")
def test_a_git_that_hangs_ends_with_the_hook(ground: Ground) -> None:
    os.mkfifo(ground.folder / "pipe")
    with (ground.path / ".git/config").open("a") as config:
        config.write(f"[include]\n\tpath = {ground.folder}/pipe\n")
    ground.tries = 1
    found = ground.read("a.txt")
    assert found.verdict == "exit 2" and "no decision within" in found.reason
    assert _git_in(ground.path) == []
