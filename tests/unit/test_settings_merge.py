"""Claude Code's settings: what goes in, what stays as it was, and what comes out again."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ccguard.claude import settings
from ccguard.claude.launcher import launcher_script
from ccguard.model.error import UsageError

WHERE = ".claude/settings.json"
COMMAND = settings.start_command("repo", None)
RULES = ("Read(/secrets/**)", "Edit(/secrets/**)")
EVENTS = ("PreToolUse", "UserPromptSubmit", "SessionStart")

FILES = {
    "two spaces": '{\n  "model": "opus",\n  "env": {"A": "1", "B": "2"}\n}\n',
    "four spaces, no final newline": '{\n    "permissions": {\n        "allow": ["Bash(ls)"]\n    }\n}',
    "tabs": '{\n\t"permissions": {\n\t\t"deny": [\n\t\t\t"Read(/mine)"\n\t\t]\n\t}\n}\n',
    "carriage returns": '{\r\n  "permissions": {\r\n    "deny": [ "Read(/mine)" ]\r\n  }\r\n}\r\n',
    "on one line": '{"model": "opus", "permissions": {"deny": ["Read(/mine)"]}}',
    "spread out": '\n\n{ "z" : 1 ,\n\n  "a" : [ 1 , 2 ] }\n\n\n',
    "another's hooks": '{\n "hooks": {\n  "PreToolUse": [\n   {"matcher": "Bash", "hooks": [{"type": "command", '
    '"command": "./lint"}]}\n  ],\n  "Stop": []\n }\n}\n',
    "names beyond ASCII": '{\n  "env": {"GRÜSSE": "Привет \\u00e9 \\ud83d\\ude00"}\n}\n',
}


def put_in(text: str, rules: tuple[str, ...] = RULES) -> str:
    return settings.put_in(text, COMMAND, rules, WHERE)


def handlers(text: str, event: str) -> list[dict[str, Any]]:
    return [handler for group in json.loads(text)["hooks"][event] for handler in group["hooks"]]


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_what_was_put_in_comes_out_to_the_byte(text: str) -> None:
    assert settings.take_out(put_in(text), RULES, WHERE).text == text


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_a_second_run_changes_nothing(text: str) -> None:
    assert put_in(put_in(text)) == put_in(text)


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_every_line_that_was_there_is_still_there_in_its_order(text: str) -> None:
    merged = iter(put_in(text).splitlines())
    for line in text.splitlines()[:-1]:
        assert any(line.rstrip(" ,]}") in after for after in merged), line


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_the_other_keys_keep_their_values_and_their_order(text: str) -> None:
    before, after = json.loads(text), json.loads(put_in(text))
    assert [key for key in after if key in before] == list(before)
    for key in before.keys() - {"hooks", "permissions"}:
        assert after[key] == before[key]
    mine = before.get("permissions", {}).get("deny", [])
    assert after["permissions"]["deny"] == [*mine, *RULES]


def test_line_ends_of_the_file_are_used() -> None:
    assert "\n" not in put_in(FILES["carriage returns"]).replace("\r\n", "")


def test_a_new_file_holds_three_hooks_that_block_when_they_fail() -> None:
    text = put_in("")
    for event in EVENTS:
        (handler,) = handlers(text, event)
        assert handler == {
            "type": "command",
            "command": "/bin/sh",
            "args": COMMAND[1:],
            "timeout": 10,
            "onFailure": "block",
        }
    groups = json.loads(text)["hooks"]
    assert groups["PreToolUse"][0]["matcher"] == "*"
    assert "matcher" not in groups["UserPromptSubmit"][0]
    assert text.endswith("}\n")
    assert settings.take_out(text, RULES, WHERE).empty


def test_an_older_entry_is_replaced_and_the_neighbour_in_its_group_stays() -> None:
    old = {"type": "command", "command": '"$HOME/.local/share/ccguard/hook"'}
    other = {"type": "command", "command": "./lint"}
    text = json.dumps({"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [other, old]}]}}, indent=2)
    found = handlers(put_in(text), "PreToolUse")
    assert other in found
    assert old not in found
    assert [handler.get("args") for handler in found] == [None, COMMAND[1:]]


def test_a_doubled_entry_becomes_one() -> None:
    group = json.loads(put_in(""))["hooks"]["PreToolUse"][0]
    text = json.dumps({"hooks": {"PreToolUse": [group, {"hooks": []}, group]}})
    assert len(handlers(put_in(text), "PreToolUse")) == 1


def test_a_rule_that_the_person_had_already_is_not_doubled() -> None:
    text = json.dumps({"permissions": {"deny": [RULES[0]]}})
    assert json.loads(put_in(text))["permissions"]["deny"] == list(RULES)


def test_hooks_are_found_again_whoever_put_them_in() -> None:
    assert settings.has_hooks(put_in("{}"), WHERE)
    assert not settings.has_hooks(FILES["another's hooks"], WHERE)
    assert settings.hook_command(put_in("{}"), "PreToolUse") == COMMAND
    assert settings.hook_command("{}", "PreToolUse") == []


UNREADABLE = {
    "a comment": '{\n  // mine\n  "model": "opus"\n}',
    "a trailing comma": '{"model": "opus",}',
    "half a file": '{"model": ',
    "two values": "{} {}",
    "a number that is none": '{"a": NaN}',
    "a key given twice": '{"hooks": {}, "hooks": {}}',
    "a list": "[]",
    "hooks that are a list": '{"hooks": []}',
    "an event that is no list": '{"hooks": {"PreToolUse": {}}}',
    "rules that are one text": '{"permissions": {"deny": "Read(/x)"}}',
    "hooks switched off": '{"disableAllHooks": true}',
    "no end of brackets": "[" * 100_000,
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_the_client_would_drop_is_refused_with_all_five_parts(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        put_in(text)
    assert caught.value.message and caught.value.where.startswith(WHERE) and caught.value.why
    assert "nothing was changed" in caught.value.fix


def test_a_mistake_is_told_with_its_line() -> None:
    with pytest.raises(UsageError) as caught:
        put_in('{\n  "a": 1,\n}')
    assert caught.value.where in (f"{WHERE}:2", f"{WHERE}:3")


def test_hooks_come_out_of_a_file_that_switches_them_off() -> None:
    text = put_in("{}").replace('{\n  "hooks"', '{\n  "disableAllHooks": true,\n  "hooks"')
    assert json.loads(settings.take_out(text, RULES, WHERE).text) == {"disableAllHooks": True}


names = some.text(max_size=8).filter(lambda name: name not in ("hooks", "permissions", "disableAllHooks"))
values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(some.dictionaries(names, values, max_size=4), some.sampled_from([None, 1, 2, 4, "\t"]), some.booleans())
def test_any_settings_come_back_to_the_byte(
    document: dict[str, Any], indent: int | str | None, ascii_only: bool
) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    merged = put_in(text)
    kept = {key: value for key, value in json.loads(merged).items() if key not in ("hooks", "permissions")}
    assert kept == document
    assert settings.take_out(merged, RULES, WHERE).text == text


# -- what the settings start -------------------------------------------------------------------------------------------


def started(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env={"PATH": "/nowhere", **environment}, capture_output=True, text=True)


def launcher(home: Path, text: str = "#!/bin/sh\necho started\nexit 7\n") -> Path:
    file = home / ".local/share/ccguard/hook"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    file.chmod(0o755)
    return file


def test_the_shared_settings_start_the_launcher_of_whoever_runs_them(tmp_path: Path) -> None:
    home = tmp_path / "a home with 'quotes\" and $signs"
    launcher(home)
    done = started(COMMAND, HOME=str(home))
    assert (done.returncode, done.stdout) == (7, "started\n")


def test_the_settings_of_one_clone_start_an_absolute_launcher(tmp_path: Path) -> None:
    home = tmp_path / "a home with 'quotes\" and $signs"
    launcher(home)
    done = started(settings.start_command("clone", home), HOME="/elsewhere")
    assert (done.returncode, done.stdout) == (7, "started\n")


def refusals(tmp_path: Path) -> dict[str, subprocess.CompletedProcess[str]]:
    here = tmp_path / "here"
    folder, plain, missing = here / "folder", here / "plain", here / "missing"
    (folder / ".local/share/ccguard/hook").mkdir(parents=True)
    launcher(plain).chmod(0o644)
    return {
        "missing": started(COMMAND, HOME=str(missing)),
        "folder": started(COMMAND, HOME=str(folder)),
        "not executable": started(COMMAND, HOME=str(plain)),
        "no HOME": started(COMMAND),
        "empty HOME": started(COMMAND, HOME=""),
        "clone, missing": started(settings.start_command("clone", missing)),
    }


def test_a_launcher_that_can_not_start_blocks_the_call_and_says_how_to_mend_it(tmp_path: Path) -> None:
    for case, done in refusals(tmp_path).items():
        assert done.returncode == 2, case
        assert done.stdout == "", case
        assert "pipx install ccguard-policy && ccguard install" in done.stderr, case
        assert len(done.stderr.splitlines()) == 1, case


def test_a_repository_can_not_bring_its_own_launcher_through_a_relative_home(tmp_path: Path) -> None:
    launcher(tmp_path)
    done = subprocess.run(COMMAND, cwd=tmp_path, env={"HOME": "."}, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_launcher_whose_program_is_gone_blocks_the_call(tmp_path: Path) -> None:
    text = os.fsdecode(launcher_script())
    for gone in ("python=", "hook="):
        lines = [f"{gone}/nowhere" if line.startswith(gone) else line for line in text.splitlines()]
        file = launcher(tmp_path / gone, "\n".join(lines) + "\n")
        done = started([str(file)])
        assert (done.returncode, done.stdout) == (2, ""), gone
        assert len(done.stderr.splitlines()) == 1


def test_a_launcher_survives_any_sign_in_its_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / 'it\'s $HOME "quoted" `here` \\ é'
    folder.mkdir()
    python = folder / "python"
    python.write_text('#!/bin/sh\nfor word in "$@"; do echo "$word"; done\n')
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    file = launcher(tmp_path / "home", os.fsdecode(launcher_script()))
    words = started([str(file)]).stdout.splitlines()
    assert words[:2] == ["-I", "-S"]
    assert words[2].endswith("hooks/claude_code.py")
    assert Path(words[2]).is_file()
