"""`ccguard install` and `uninstall`: into each scope and out again, to the byte."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from gitrepo import GitRepo

from .person import POLICY, STAGES, Person, furnish, person_in

pytestmark = pytest.mark.slow


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return person_in(tmp_path)


@pytest.mark.parametrize("native", [(), ("--native",)], ids=["pre-commit", "native"])
@pytest.mark.parametrize("furnished", [True, False], ids=["into files", "from nothing"])
def test_uninstall_leaves_no_trace(person: Person, native: tuple[str, ...], furnished: bool) -> None:
    if furnished:
        furnish(person.repo)
    before = person.everything()
    person.ccguard("init", "--yes", *native)
    assert person.everything() != before
    person.ccguard("uninstall")
    assert person.everything() == before
    assert "nothing to take out" in person.ccguard("uninstall")


def test_uninstall_after_everything_was_installed_everywhere_leaves_no_trace(person: Person) -> None:
    furnish(person.repo)
    (person.home / ".claude").mkdir()
    (person.home / ".claude/settings.json").write_text('{"theme":"dark"}')
    before = person.everything()
    for words in (("init", "--yes"), ("install", "--scope", "clone"), ("install", "--scope", "user"), ("install",)):
        person.ccguard(*words)
    person.ccguard("uninstall")
    assert person.everything() == before


def test_what_was_edited_since_stays_edited(person: Person) -> None:
    furnish(person.repo)
    person.ccguard("init", "--yes")
    root = person.repo.path
    settings, config = root / ".claude/settings.json", root / ".pre-commit-config.yaml"
    settings.write_text(settings.read_text().replace('"opus"', '"sonnet"'))
    config.write_text(config.read_text() + "# later\n")
    (root / ".gitattributes").write_text((root / ".gitattributes").read_text() + "*.bin binary\n")
    person.ccguard("uninstall")
    assert settings.read_text() == '{\n    "model": "sonnet",\n    "permissions": {"deny": ["Read(/mine)"]}\n}'
    assert config.read_text() == "# mine\nrepos:\n-   repo: meta\n    hooks:\n    -   id: identity  # why\n# later\n"
    assert (root / ".gitattributes").read_text() == "*.png binary\n*.bin binary\n"


def test_an_edited_policy_stays_and_purge_takes_it(person: Person) -> None:
    person.ccguard("init", "--yes")
    file = person.repo.path / ".claude-policy.toml"
    file.write_text(file.read_text() + "# mine\n")
    assert ".claude-policy.toml stays" in person.ccguard("uninstall")
    assert file.is_file()
    person.ccguard("uninstall", "--purge")
    assert not file.exists()


def test_a_committed_policy_stays(person: Person) -> None:
    person.ccguard("init", "--yes")
    assert person.commit().returncode == 0
    assert ".claude-policy.toml stays" in person.ccguard("uninstall")
    assert (person.repo.path / ".claude-policy.toml").is_file()
    assert person.commit().returncode == 0, "no hook is left that could refuse"


def test_a_clone_that_only_checked_it_out_is_cleaned_too(person: Person) -> None:
    person.ccguard("init", "--yes")
    assert person.commit().returncode == 0
    other = Person(person.home, person.repo.clone(person.home / "work/other"))
    assert "nothing to take out" not in other.ccguard("uninstall")
    left = {path.name for path in other.repo.path.iterdir()}
    assert left == {".git", ".claude-policy.toml", "README.md", "infra", "src"}


# -- install -----------------------------------------------------------------------------------------------------------


def test_an_engineer_installs_in_one_step_and_the_clone_stays_clean(person: Person) -> None:
    person.ccguard("init", "--yes")
    assert person.commit().returncode == 0
    home = person.home.with_name("another home")
    home.mkdir()
    engineer = Person(home, person.repo.clone(home / "app"))
    said = engineer.ccguard("install")
    assert "read .env -> blocked" in said
    assert os.access(engineer.launcher, os.X_OK)
    assert all((engineer.repo.path / ".git/hooks" / hook).is_file() for hook in STAGES)
    assert engineer.repo.git("status", "--porcelain") == ""


def test_the_launcher_stays_while_another_clone_uses_it(person: Person) -> None:
    person.ccguard("init", "--yes")
    other = Person(person.home, GitRepo.made(person.home / "work/other"))
    other.ccguard("init", "--yes")
    person.ccguard("uninstall")
    assert other.launcher.is_file()
    other.ccguard("uninstall")
    assert not (person.home / ".local").exists()


def test_scope_user_needs_no_repository_and_goes_as_it_came(person: Person) -> None:
    file = person.home / ".claude/settings.json"
    before = person.everything()
    said = person.ccguard("install", "--scope", "user", folder=person.home)
    assert "wherever they start" in said
    assert all(str(person.launcher) in str(handler["args"]) for handler in person.handlers(file))
    assert "permissions" not in json.loads(file.read_text())
    assert "nothing to change" in person.ccguard("install", "--scope", "user", folder=person.home)
    person.ccguard("uninstall", "--scope", "user", folder=person.home)
    assert person.everything() == before


def test_scope_user_follows_another_configuration_folder(person: Person) -> None:
    other = person.home / "claude two"
    before = person.everything()
    person.ccguard("install", "--scope", "user", CLAUDE_CONFIG_DIR=str(other))
    assert len(person.handlers(other / "settings.json")) == 3
    person.ccguard("uninstall", CLAUDE_CONFIG_DIR=str(other))
    assert person.everything() == before


def test_scope_clone_names_the_home_folder_and_warns_to_commit_it(person: Person) -> None:
    person.repo.write(".claude-policy.toml", POLICY)
    said = person.ccguard("install", "--scope", "clone", folder=person.repo.path / "src")
    file = person.repo.path / ".claude/settings.local.json"
    assert all(str(person.launcher) in str(handler["args"]) for handler in person.handlers(file))
    assert "Read(/**/.env)" in json.loads(file.read_text())["permissions"]["deny"]
    assert "don't commit it" in said
    assert not (person.repo.path / ".git/hooks/pre-commit").exists()


def test_native_goes_with_any_scope_in_one_call(person: Person) -> None:
    person.repo.write(".claude-policy.toml", POLICY)
    person.ccguard("install", "--scope", "user", "--native")
    assert (person.repo.path / ".git/hooks/pre-commit").is_file()
    assert (person.home / ".claude/settings.json").is_file()


def test_a_repository_without_a_policy_is_told_that_nothing_is_enforced(person: Person) -> None:
    assert "`ccguard init` writes one" in person.ccguard("install")
