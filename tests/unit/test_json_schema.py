"""The JSON report keeps to the schema that travels with it."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
from gitrepo import GitRepo
from jsonschema import Draft202012Validator, ValidationError

SCHEMA = json.loads((resources.files("ccguard.report") / "check.schema.json").read_text("utf-8"))
CCGUARD = str(Path(sys.executable).parent / "ccguard")


def report(repo: GitRepo, *words: str) -> dict[str, object]:
    done = subprocess.run(
        [CCGUARD, "check", "--format", "json", *words], cwd=repo.path, env=repo.environment, capture_output=True
    )
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """Two commits with findings of many kinds, one of them at a path that is not UTF-8."""
    made = GitRepo.made(tmp_path / "repo")
    made.write("README.md", "hello\n")
    made.commit("Start")
    made.write(".claude-policy.toml", 'version = 1\nclaude.mode = "supervised"\n[zones.vault]\npaths = ["secrets/"]\n')
    made.write(b"secrets/k\xff.txt", "KEY = '" + "AKIA" + "QYLPMN5HFIQR7XYA'\n")
    made.write("logo.bin", b"\0\1\2")
    made.commit("Add", trailers=["Co-Authored-By: Claude <noreply@anthropic.com>"])
    return made


@pytest.mark.parametrize("words", [(), ("--range", "HEAD~1..HEAD"), ("--all",)], ids=["staged", "range", "all"])
def test_a_report_keeps_to_its_schema(repo: GitRepo, words: tuple[str, ...]) -> None:
    found = report(repo, *words)
    Draft202012Validator(SCHEMA).validate(found)
    assert bool(found["findings"]) == bool(words)


def test_a_report_without_a_policy_keeps_to_its_schema(tmp_path: Path) -> None:
    Draft202012Validator(SCHEMA).validate(report(GitRepo.made(tmp_path / "bare-of-policy")))


@pytest.mark.parametrize("key", ["verdict", "findings", "checked"])
def test_a_report_without_one_of_its_keys_does_not(repo: GitRepo, key: str) -> None:
    found = report(repo)
    del found[key]
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate(found)
