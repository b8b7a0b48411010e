"""What each of Claude Code's tools touches, read off its input."""

from __future__ import annotations

import json
import pwd
from typing import Any

import pytest

from ccguard.claude.tools import COMMANDS, Reach, ReachError, command, reaches

# Inputs of tools that open no path of their own, with words that look like one.
PATHLESS: dict[str, dict[str, Any]] = {
    "Agent": {"description": "look", "prompt": "read src/a.py", "subagent_type": "general-purpose"},
    "AskUserQuestion": {"questions": [{"question": "src/a.py?", "options": [{"label": "src/b.py"}]}]},
    "BashOutput": {"bash_id": "a/b"},
    "CronCreate": {"cron": "*/5 * * * *", "prompt": "read src/a.py"},
    "CronDelete": {"id": "a/b"},
    "CronList": {},
    "EnterPlanMode": {},
    "EnterWorktree": {"name": "wt1"},
    "ExitPlanMode": {"plan": "edit src/a.py"},
    "ExitWorktree": {"action": "keep"},
    "KillShell": {"shell_id": "a/b"},
    "ListMcpResourcesTool": {"server": "fs"},
    "SendMessage": {"to": "a/b", "message": "read src/a.py"},
    "Skill": {"skill": "docs/write", "args": "src/a.py"},
    "SlashCommand": {"command": "/review src/a.py"},
    "Task": {"prompt": "read src/a.py"},
    "TaskCreate": {"subject": "src/a.py", "description": "x"},
    "TaskGet": {"taskId": "a/b"},
    "TaskList": {},
    "TaskOutput": {"task_id": "a/b"},
    "TaskStop": {"task_id": "a/b"},
    "TaskUpdate": {"taskId": "a/b", "status": "completed"},
    "TodoWrite": {"todos": [{"content": "edit src/a.py", "status": "pending"}]},
    "ToolSearch": {"query": "src/a.py"},
    "WebFetch": {"url": "https://example.com/a", "prompt": "src/a.py"},
    "WebSearch": {"query": "src/a.py"},
}


def reached(tool: str, given: dict[str, Any]) -> list[Reach]:
    return sorted(reaches(tool, given), key=lambda reach: reach.text)


def named(given: dict[str, Any], tool: str = "mcp__files__put") -> list[str]:
    """The paths that a call of an unknown tool is taken to name."""
    return [reach.text for reach in reached(tool, given)]


@pytest.mark.parametrize(
    ("tool", "given", "expected"),
    [
        ("Read", {"file_path": "/r/a.txt", "offset": 10, "limit": 5}, Reach("/r/a.txt", "read")),
        ("Write", {"file_path": "/r/a.txt", "content": "see /r/b.txt"}, Reach("/r/a.txt", "write")),
        ("Edit", {"file_path": "a.txt", "old_string": "b", "new_string": "c"}, Reach("a.txt", "write")),
        ("MultiEdit", {"file_path": "a.txt", "edits": [{"old_string": "b"}]}, Reach("a.txt", "write")),
        ("NotebookEdit", {"notebook_path": "/r/n.ipynb", "new_source": "x"}, Reach("/r/n.ipynb", "write")),
        ("NotebookRead", {"notebook_path": "/r/n.ipynb"}, Reach("/r/n.ipynb", "read")),
        ("Read", {"file_path": "odd \udcff\n name"}, Reach("odd \udcff\n name", "read")),
    ],
)
def test_a_file_tool_touches_its_one_path_for_certain(tool: str, given: dict[str, Any], expected: Reach) -> None:
    assert reached(tool, given) == [expected]
    assert expected.certain
    assert not expected.tree


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        (" a.txt\n", [" a.txt\n", "a.txt"]),
        ("\ufeffa.txt\u3000", ["a.txt", "\ufeffa.txt\u3000"]),
        ("\x1ca.txt", ["\x1ca.txt"]),
        ("caf\u00e9", ["cafe\u0301", "caf\u00e9"]),
        ("cafe\u0301 ", ["cafe\u0301", "cafe\u0301 ", "caf\u00e9", "caf\u00e9 "]),
        ("\u65e5\u672c", ["\u65e5\u672c"]),
    ],
)
def test_a_path_is_meant_as_it_is_written_and_as_the_client_opens_it(path: str, texts: list[str]) -> None:
    assert reached("Read", {"file_path": path}) == [Reach(text, "read") for text in texts]
    assert sorted({reach.text for reach in reaches("Grep", {"pattern": "x", "path": path})}) == texts
    assert sorted({reach.text for reach in reaches("Glob", {"pattern": "*", "path": path})}) == texts


@pytest.mark.parametrize("tool", ["Read", "Write", "Edit", "MultiEdit", "NotebookEdit", "NotebookRead"])
@pytest.mark.parametrize("value", ["", None, 7, ["a.txt"], {"path": "a.txt"}], ids=repr)
def test_a_file_tool_without_its_path_can_not_be_told(tool: str, value: object) -> None:
    key = "notebook_path" if tool.startswith("Notebook") else "file_path"
    for given in ({key: value}, {"path": "a.txt"}):
        with pytest.raises(ReachError, match=f"carries no {key}"):
            reached(tool, given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"pattern": "SECRET"}, Reach(".", "read", tree=True)),
        ({"pattern": "x", "path": "src"}, Reach("src", "read", tree=True)),
        ({"pattern": "x", "path": "src", "glob": "*.py"}, Reach("src", "read", tree=True, pattern="*.py")),
        ({"pattern": "vault/prod.txt", "path": None, "glob": None}, Reach(".", "read", tree=True)),
        ({"pattern": "x", "path": ""}, Reach(".", "read", tree=True)),
    ],
)
def test_grep_reads_what_lies_below_its_path(given: dict[str, Any], expected: Reach) -> None:
    assert reached("Grep", given) == [expected]


@pytest.mark.parametrize("given", [{"path": 1}, {"path": ["src"]}, {"glob": ["*.py"]}, {"glob": True}], ids=repr)
def test_grep_with_a_path_of_another_type_can_not_be_told(given: dict[str, Any]) -> None:
    with pytest.raises(ReachError, match="is not a text"):
        reached("Grep", {"pattern": "x", **given})


@pytest.mark.parametrize(
    ("given", "texts"),
    [
        ({"pattern": "**/*.txt"}, []),
        ({"pattern": "*"}, []),
        ({"pattern": "vault/**"}, ["vault"]),
        ({"pattern": "vault/prod/*.txt"}, ["vault/prod"]),
        ({"pattern": "vault/prod.txt"}, ["vault/prod.txt"]),
        ({"pattern": "vault/p?od.txt"}, ["vault"]),
        ({"pattern": "/repo/vault/*"}, ["/repo/vault"]),
        ({"pattern": "*.txt", "path": "vault"}, ["vault"]),
        ({"pattern": "prod/*.txt", "path": "vault"}, ["vault", "vault/prod"]),
        ({"pattern": "../vault/*", "path": "src"}, ["src", "src/../vault"]),
        ({"pattern": "/repo/vault/*", "path": "src"}, ["/repo/vault", "src"]),
    ],
)
def test_glob_touches_the_folder_that_it_is_aimed_at(given: dict[str, Any], texts: list[str]) -> None:
    assert reached("Glob", given) == [Reach(text, "read") for text in texts]


@pytest.mark.parametrize(
    ("pattern", "aimed"),
    [
        ("vau*/x", True),
        ("{vault,src}/*", True),
        ("{vault/*,src}", True),
        ("vault/[ab]/x", True),
        ("*/x", False),
        ("**/vault/x", False),
        ("vau*", False),
        ("*.{js,ts}", False),
        ("src/**/a*/x", False),
    ],
)
def test_a_glob_with_letters_in_a_folder_s_name_is_aimed_at_the_folders_that_are_there(
    pattern: str, aimed: bool
) -> None:
    found = [reach for reach in reached("Glob", {"pattern": pattern, "path": "base"}) if reach.pattern]
    assert found == ([Reach("base", "read", pattern=pattern)] if aimed else [])


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "carries no pattern"),
        ({"pattern": ""}, "carries no pattern"),
        ({"pattern": ["*"]}, "carries no pattern"),
        ({"pattern": "*", "path": 1}, "path is not a text"),
    ],
)
def test_glob_without_a_pattern_or_a_readable_path_can_not_be_told(given: dict[str, Any], why: str) -> None:
    with pytest.raises(ReachError, match=why):
        reached("Glob", given)


@pytest.mark.parametrize("tool", PATHLESS)
def test_a_tool_of_words_and_ids_touches_no_file(tool: str) -> None:
    assert reached(tool, PATHLESS[tool]) == []
    assert command(tool, PATHLESS[tool]) == ""


def test_an_unknown_tool_is_taken_to_change_what_it_names_with_doubt() -> None:
    assert reached("mcp__files__put", {"path": "/r/a.txt"}) == [Reach("/r/a.txt", "write", certain=False)]
    assert reached("ToolOfANewerClient", {"target": "a.txt"}) == [Reach("a.txt", "write", certain=False)]


def test_a_tool_is_known_by_its_exact_name_only() -> None:
    assert reached("read", {"file_path": "a.txt"}) == [Reach("a.txt", "write", certain=False)]
    assert reached("mcp__x__Read", {"file_path": "a.txt"}) == [Reach("a.txt", "write", certain=False)]


def test_an_unknown_tools_paths_are_found_at_any_depth() -> None:
    given = {
        "path": "a",
        "files": ["b", {"from": "c", "to": ["d", ["e"]]}],
        "options": {"root": {"folder": "f"}, "depth": 3, "follow": True, "limit": None, "ratio": 0.5},
    }
    assert named(given) == ["a", "b", "c", "d", "e", "f"]


def test_an_unknown_tools_input_may_be_nested_very_deeply() -> None:
    inner: Any = "vault/prod.txt"
    for _ in range(100_000):
        inner = [inner]
    assert named({"x": inner}) == ["vault/prod.txt"]


def words(given: dict[str, Any]) -> dict[str, bool]:
    """The candidates of an unknown tool's input, each with whether it names a file only if there is one."""
    return {reach.text: reach.word for reach in reaches("mcp__x__do", given)}


def test_a_text_of_several_lines_names_at_most_a_file_that_is_there() -> None:
    assert words({"content": "first/\nsecond", "path": "a\nb"}) == {"first/\nsecond": True, "a\nb": True}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("x\n/../a/b", "a/b"),
        ("x\n/../../a/b", "../a/b"),
        ("/x\n/../a", "/a"),
        ("./" * 3_000 + "a/b", "a/b"),
        (" a/b\n", "a/b"),
        ("@a/b", "a/b"),
        (" @a\\b", "a/b"),
        ("$HOME/a", "~/a"),
        ("${HOME}", "~"),
        ('{"x": ["a/b"]}', "a/b"),
        ('["[\\"[\\\\\\"a/b\\\\\\"]\\"]"]', "a/b"),
    ],
)
def test_a_string_means_every_path_that_a_server_may_take_it_for(text: str, meant: str) -> None:
    assert words({"value": text})[meant] is False


def test_json_within_json_is_read_to_a_bounded_depth() -> None:
    text = "a/b"
    for _ in range(4):
        text = json.dumps([text])
    assert "a/b" not in words({"value": text})
    assert words({"value": "[" * 100_000}) == {}


def test_a_user_s_home_is_a_path_and_nobody_s_is_a_text() -> None:
    assert f"{pwd.getpwuid(0).pw_dir}/x" in words({"value": f"~{pwd.getpwuid(0).pw_name}/x"})
    assert words({"value": "~no-such-user/x"}) == {"~no-such-user/x": False}


@pytest.mark.parametrize("key", ["path", "file_path", "filePath", "files", "targetDir", "uri", "cwd", "directory"])
def test_an_input_whose_name_says_path_is_one_whatever_it_looks_like(key: str) -> None:
    assert words({key: "secrets"}) == {"secrets": False}
    assert words({key: [{"name": "secrets"}]}) == {"secrets": False}


@pytest.mark.parametrize(
    ("text", "word"),
    [("secrets", True), ("a.b", True), ("two words", True), (".env", False), ("~", False), ("a/b", False)],
)
def test_another_input_is_a_path_if_it_looks_like_one(text: str, word: bool) -> None:
    assert words({"channel": text}) == {text: word}


def test_a_string_that_is_longer_than_any_path_names_no_file() -> None:
    longest = "x" * 4096
    assert named({"content": longest + "x", "path": longest}) == [longest]


def test_an_unknown_tool_that_names_nothing_touches_nothing() -> None:
    assert named({}) == named({"path": "", "count": 1, "flags": [True, None, {}]}) == []


@pytest.mark.parametrize("tool", COMMANDS)
def test_a_command_line_is_the_shells_to_read(tool: str) -> None:
    given = {"command": "cat vault/prod.txt", "description": "vault/prod.txt", "timeout": 1000}
    assert reached(tool, given) == []
    assert command(tool, given) == "cat vault/prod.txt"


@pytest.mark.parametrize("tool", COMMANDS)
@pytest.mark.parametrize("given", [{}, {"command": ""}, {"command": None}, {"command": ["ls"]}], ids=repr)
def test_a_call_without_its_command_line_can_not_be_told(tool: str, given: dict[str, Any]) -> None:
    with pytest.raises(ReachError, match="carries no command"):
        command(tool, given)


@pytest.mark.parametrize("tool", ["Read", "Grep", "Glob", "WebFetch", "mcp__shell__run"])
def test_a_tool_that_runs_no_command_has_no_command_line(tool: str) -> None:
    assert command(tool, {"command": "cat vault/prod.txt"}) == ""


@pytest.mark.parametrize(
    ("given", "mode"),
    [
        ({"source": "/r/a", "destination": "/r/b"}, "delete"),
        ({"old_path": "/r/a", "new_path": "/r/b"}, "delete"),
        ({"sourceUri": "file:///r/a", "targetUri": "file:///r/b"}, "delete"),
        ({"path": "/r/a"}, "write"),
        ({"source": "/r/a"}, "write"),
    ],
)
def test_a_tool_that_is_told_from_where_and_to_where_may_take_a_folder_away(given: dict[str, str], mode: str) -> None:
    assert {reach.mode for reach in reaches("mcp__files__move", given)} == {mode}
