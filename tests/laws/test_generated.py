"""What follows from a table is what its table says: hook manifest, rule pages, JSON Schema."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import gen
import pytest
import yaml
from jsonschema import Draft202012Validator
from laws.core import ROOT

from ccguard.git.stages import STAGES
from ccguard.model.rule import Rule
from ccguard.rules import TABLE


def test_nothing_generated_differs_from_its_table() -> None:
    command = [sys.executable, str(ROOT / "tools" / "gen.py"), "--check"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_check_shows_what_differs_and_which_page_has_no_rule(tmp_path: Path) -> None:
    wanted = gen.generated()
    gen.write(wanted, tmp_path)
    assert gen.differences(wanted, tmp_path) == ""
    (tmp_path / ".pre-commit-hooks.yaml").write_text("- id: other\n")
    (tmp_path / "docs" / "rules" / "gone.md").write_text("# gone\n")
    diff = gen.differences(wanted, tmp_path)
    assert "-- id: other\n" in diff
    assert "+- id: ccguard\n" in diff
    assert "--- docs/rules/gone.md (present)" in diff
    gen.write(wanted, tmp_path)
    assert gen.differences(wanted, tmp_path) == ""


def test_an_unknown_argument_is_wrong_use() -> None:
    assert gen.main(["--force"]) == 2


def test_the_manifest_has_one_hook_for_each_stage() -> None:
    hooks = yaml.safe_load(gen.manifest())
    assert [(hook["id"], hook["stages"]) for hook in hooks] == [(stage.id, [stage.hook]) for stage in STAGES]
    assert [hook["entry"] for hook in hooks] == [
        "ccguard check --staged",
        "ccguard commit-message prepare",
        "ccguard commit-message check",
        "ccguard push",
    ]


def test_a_rule_without_a_module_stops_the_generator() -> None:
    with pytest.raises(SystemExit, match=r"no module ccguard\.rules\.not_there"):
        gen.page(Rule("not-there", "CCG999", "block", "nothing", ("tool-call",)))


def test_no_rule_name_or_number_is_used_twice() -> None:
    assert len({rule.id for rule in TABLE}) == len({rule.number for rule in TABLE}) == len(TABLE)


def test_the_schema_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(json.loads(gen.generated()["schema/claude-policy.schema.json"]))


def test_the_manifest_is_one_that_pre_commit_accepts(tmp_path: Path) -> None:
    manifest = tmp_path / ".pre-commit-hooks.yaml"
    manifest.write_text(gen.manifest())
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(manifest)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
