"""`ccguard policy`, started as people start it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from policy_samples import SMALLEST, merged

from ccguard.policy.advice import Advice, advice
from ccguard.policy.load import read_file
from ccguard.policy.schema import text as schema_text
from ccguard.policy.validation import validated

COMPLETE = Path(__file__).parents[1] / "cases" / "policy" / "complete"
POLICY = ".claude-policy.toml"
MAIN = "from ccguard.cli import main; main()"


def _run(*arguments: str, cwd: Path) -> tuple[int, str, str]:
    ran = subprocess.run(
        [sys.executable, "-c", MAIN, "policy", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
        check=False,
    )
    return ran.returncode, ran.stdout, ran.stderr


@pytest.fixture
def complete(tmp_path: Path) -> Path:
    """A folder with the complete example in it, as the root of a repository."""
    root = tmp_path / "repository"
    shutil.copytree(COMPLETE, root)
    (root / ".git").mkdir()
    return root


def _with(root: Path, text: str) -> Path:
    (root / ".git").mkdir(exist_ok=True)
    (root / POLICY).write_text(text, encoding="utf-8")
    return root


# -- validate ------------------------------------------------------------------------------------------------------


def test_the_complete_example_has_nothing_wrong_with_it() -> None:
    found = validated(read_file(str(COMPLETE)), (POLICY,), "2026-11-01")
    assert (found.exit_code(), found.mistakes) == (0, ())
    assert [item for item in found.advice if item.rule] == []
    assert [item.message for item in found.advice] == [
        "[teams] does not list @acme/platform: where no forge answers, nobody can approve as one of it",
        "[teams] does not list @acme/data-platform: where no forge answers, nobody can approve as one of it",
        found.advice[-1].message,
    ]
    assert found.advice[-1].message.startswith(
        "read and checked, but not enforced by this version yet: claude.models_f"
    )


def test_validate_says_what_it_looked_at(tmp_path: Path) -> None:
    code, out, _ = _run("validate", cwd=_with(tmp_path, SMALLEST))
    assert code == 0
    assert out.splitlines()[-1] == f"ccguard: 0 mistakes, 10 warnings in {POLICY}"
    assert f"{POLICY}: warning[undecided] CCG075: the policy does not say who owns the policy (contacts.owner)" in out


def test_validate_lists_every_mistake_and_ends_with_3(tmp_path: Path) -> None:
    text = 'version = 1\n[claude]\nmode = "opn"\n[rules]\ndrfit = "warn"\n[[waivers]]\nrule = "x"\n'
    code, out, _ = _run("validate", cwd=_with(tmp_path, text))
    assert code == 3
    assert [line.split(": ")[1] for line in out.splitlines()[:-1]] == [
        "claude.mode",
        "rules.drfit",
        *["waivers[1]"] * 5,
    ]
    assert out.splitlines()[-1] == f"ccguard: 7 mistakes, 0 warnings in {POLICY}"


def test_validate_for_programs(tmp_path: Path) -> None:
    code, out, _ = _run("validate", "--format", "json", cwd=_with(tmp_path, 'version = 1\n[claude]\nmode = "opn"\n'))
    found = json.loads(out)
    assert (code, found["verdict"], found["files"]) == (3, "invalid", [POLICY])
    assert found["mistakes"] == [
        {
            "file": POLICY,
            "line": 3,
            "column": 8,
            "key": "claude.mode",
            "message": '"opn" is not known',
            "expected": "one of forbidden, read-only, supervised, open",
            "nearest": '"open"',
            "rule": "policy-invalid",
        }
    ]


def test_validate_of_a_file_that_others_extend_asks_for_no_mode(complete: Path) -> None:
    code, out, _ = _run("validate", "org.toml", cwd=complete / "templates")
    assert (code, out) == (
        0,
        "ccguard: 0 mistakes, 0 warnings in templates/org.toml (no policy by itself: other files extend it)\n",
    )


def test_validate_of_no_file_is_wrong_use(tmp_path: Path) -> None:
    code, _, err = _run("validate", "nothing.toml", cwd=tmp_path)
    assert code == 2
    assert "there is no file nothing.toml" in err


def test_validate_of_a_pipe_ends_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / POLICY)
    started = time.monotonic()
    code, out, _ = _run("validate", cwd=tmp_path)
    assert (code, out.splitlines()[0]) == (3, f"{POLICY}: is a pipe; expected a regular file")
    assert time.monotonic() - started < 30


def test_validate_of_a_link_does_not_follow_it(complete: Path) -> None:
    (complete / "linked.toml").symlink_to(POLICY)
    code, out, _ = _run("validate", "linked.toml", cwd=complete)
    assert (code, out.splitlines()[0]) == (3, "linked.toml: is a symbolic link; expected a regular file")


# -- from any folder -----------------------------------------------------------------------------------------------


def test_a_policy_is_found_from_any_folder_below(complete: Path) -> None:
    (complete / "src" / "deep").mkdir(parents=True)
    code, out, _ = _run("test", cwd=complete / "src" / "deep")
    assert (code, out) == (0, "ccguard: 2 of 2 examples are answered as expected\n")


def test_a_policy_above_the_repository_is_another_one(tmp_path: Path) -> None:
    (tmp_path / POLICY).write_text(SMALLEST)
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / ".git").write_text("gitdir: elsewhere\n")
    code, _, err = _run("show", cwd=inner)
    assert code == 2
    assert f"there is no {POLICY} here or above" in err
    assert "nothing is enforced" in err


def test_a_policy_in_a_folder_tightens_there(tmp_path: Path) -> None:
    _with(tmp_path, SMALLEST)
    folder = tmp_path / "payments"
    folder.mkdir()
    (folder / POLICY).write_text(
        'version = 1\n[claude]\nmode = "read-only"\n[zones.a]\npaths = ["x"]\naccess = "none"\n'
    )
    assert 'claude.mode = "supervised"' in _run("show", cwd=tmp_path)[1]
    out = _run("show", cwd=folder)[1]
    assert f'claude.mode = "read-only"  # payments/{POLICY}:3' in out
    assert f'zones.a.paths = ["/payments/**/x"]  # payments/{POLICY}:5' in out
    (folder / POLICY).write_text('version = 1\n[claude]\nmode = "open"\n')
    code, out, _ = _run("validate", cwd=folder)
    assert code == 3
    assert f'"open" asks for less than "supervised" of {POLICY}:3' in out


# -- show ----------------------------------------------------------------------------------------------------------


def test_show_says_of_every_value_where_it_comes_from(complete: Path) -> None:
    code, out, _ = _run("show", cwd=complete)
    lines = out.splitlines()
    assert code == 0
    for line in (
        f"review_by = 2027-05-01  # {POLICY}:4",
        f'claude.mode = "supervised"  # {POLICY}:7',
        'zones.credentials.access = "none"  # built in',
        f"zones.payments.reviewers = 2  # {POLICY}:42",
        'data.public.use = "allow"  # default',
        f'secrets.entropy = "off"  # {POLICY}:64',
        f'teams."@acme/payments-leads" = ["payments-lead@acme.example"]  # {POLICY}:89',
        'rules.unreadable-command = "ask"  # default',
        f'# example: "read secrets/prod.key" gets block  # {POLICY}:116',
        f"# layers: templates/org.toml, {POLICY}",
    ):
        assert line in lines
    assert any(line.startswith("# waived: off-limits-path for ") for line in lines)


def test_show_says_of_a_key_that_is_left_out_that_it_restricts_nothing(tmp_path: Path) -> None:
    out = _run("show", cwd=_with(tmp_path, SMALLEST))[1]
    assert "# claude.environments.allowed: no restriction  # default" in out.splitlines()


def test_show_for_programs(complete: Path) -> None:
    found = json.loads(_run("show", "--format", "json", cwd=complete)[1])
    assert found["policy"]["layers"] == ["templates/org.toml", POLICY]
    values = {entry["key"]: entry for entry in found["values"]}
    assert values["guard.waiver_days"] == {"key": "guard.waiver_days", "value": 90, "origin": f"{POLICY}:86"}
    assert values["claude.connectors.allowed"]["value"] == ["github", "https://mcp.example.com/*"]
    assert values["secrets.entropy"]["value"] == "off"
    assert found["waivers"][0]["approved_by"] == "data-lead@acme.example"


def test_show_of_a_policy_that_can_not_be_read_ends_with_3_and_every_mistake(tmp_path: Path) -> None:
    code, out, err = _run("show", cwd=_with(tmp_path, "version = 2\nmod = 1\n"))
    assert (code, out) == (3, "")
    assert f"{POLICY}:1:11: version:" in err
    assert f"{POLICY}:2:1: mod:" in err
    assert all(part in err for part in ("-->", "why:", "fix:", "ask:"))


# -- test and schema -----------------------------------------------------------------------------------------------


def test_an_example_that_is_answered_otherwise_ends_with_1(tmp_path: Path) -> None:
    text = SMALLEST + '[[examples]]\ndo = "read .env"\nexpect = "pass"\n[[examples]]\ndo = "read a"\nexpect = "pass"\n'
    code, out, _ = _run("test", cwd=_with(tmp_path, text))
    assert code == 1
    assert out.splitlines()[0] == f'{POLICY}:4: "read .env" gets block, not pass'
    assert "block[off-limits-path]" in out.splitlines()[1]
    assert out.splitlines()[-1] == "ccguard: 1 of 2 examples are answered as expected"


def test_examples_for_programs(tmp_path: Path) -> None:
    text = SMALLEST + '[[examples]]\ndo = "read .env"\nexpect = "block"\n'
    found = json.loads(_run("test", "--format", "json", cwd=_with(tmp_path, text))[1])
    assert found["examples"] == [
        {
            "do": "read .env",
            "expect": "block",
            "answer": "block",
            "kept": True,
            "rules": ["off-limits-path"],
            "unjudged": [],
            "origin": f"{POLICY}:4",
        }
    ]


def test_the_schema_needs_no_policy(tmp_path: Path) -> None:
    assert _run("schema", cwd=tmp_path) == (0, schema_text(), "")


@pytest.mark.parametrize("name", ["show", "validate", "test", "schema"])
def test_every_help_has_an_example(name: str, tmp_path: Path) -> None:
    code, out, _ = _run(name, "--help", cwd=tmp_path)
    assert code == 0
    assert f"ccguard policy {name}" in out.partition("Example")[2]


# -- what else there is to know ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("today", "overdue"), [("2026-11-01", False), ("2026-11-02", True)])
def test_a_review_date_that_has_passed_is_a_warning(today: str, overdue: bool) -> None:
    policy = f"version = 1\nreview_by = 2026-11-01\n{SMALLEST.partition(chr(10))[2]}"
    assert any(item.rule == "policy-overdue" for item in advice(merged(policy), today)) is overdue


_WAIVER = 'guard.approvers = ["@lead"]\n[[waivers]]\nrule = "drift"\npaths = ["a"]\nreason = "b"\napproved_by = "@{}"\n'


@pytest.mark.parametrize(
    ("approver", "expires", "found"),
    [
        ("lead", "2026-11-01", []),
        ("lead", "2026-10-31", [("waiver-invalid", "warn")]),
        ("lead", "2027-01-30", []),
        ("lead", "2027-01-31", [("waiver-invalid", "block")]),
        ("dev", "2026-12-01", [("waiver-invalid", "block")]),
    ],
)
def test_waivers_that_do_not_hold_are_named(approver: str, expires: str, found: list[tuple[str, str]]) -> None:
    policy = f"version = 1\nclaude.mode = 'open'\n{_WAIVER.format(approver)}expires = {expires}\n"
    said = [(item.rule, item.level) for item in advice(merged(policy), "2026-11-01") if item.rule != "undecided"]
    assert said == found


def test_open_questions_can_be_monitored_or_made_binding() -> None:
    def levels(level: str) -> set[str]:
        return {item.level for item in advice(merged(f'{SMALLEST}[rules]\nundecided = "{level}"\n'), "2026-11-01")}

    assert (levels("monitor"), levels("warn"), levels("block")) == (set(), {"warn"}, {"block"})


def test_where_claude_is_forbidden_only_whom_to_ask_is_open() -> None:
    found = advice(merged('version = 1\nclaude.mode = "forbidden"\n'), "2026-11-01")
    assert all("(contacts." in item.message for item in found)


def test_personal_accounts_and_data_above_public_are_noted() -> None:
    found = advice(merged(f'{SMALLEST}[claude.environments]\nallowed = ["personal"]\n'), "2026-11-01")
    assert (
        Advice("", "monitor", '"internal" may be put before Claude, and personal accounts are allowed', f"{POLICY}:5")
        in found
    )


def test_gov_without_organizations_is_noted() -> None:
    found = advice(merged(f'{SMALLEST}[claude.environments]\nallowed = ["gov"]\n'), "2026-11-01")
    assert any("no session is approved" in item.message for item in found)
