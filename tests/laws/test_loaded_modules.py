"""A real-time decision loads a known set of modules: start-up is its performance, and this law is not noisy.

What is not in the sets below costs every tool call of every user something. Before adding a module, see what it costs
(`just bench`), and whether the rule or the adapter that wants it can do without.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from bench import HOOK, INTERPRETER, Case, Scene, answer, cases, scene

# The hook ends the process through `posix._exit`, so that is where the list is written.
DRIVER = """
import posix, sys
leave, report = posix._exit, int(sys.argv[1])
def tell(code):
    posix.write(report, "\\n".join(sorted(sys.modules)).encode())
    leave(code)
posix._exit = tell
sys.argv = sys.argv[2:]
with open(sys.argv[0], "rb") as file:
    code = compile(file.read(), sys.argv[0], "exec")
exec(code, {"__name__": "__main__", "__file__": sys.argv[0]})
"""

READING = {
    "_json",
    "ccguard",
    "ccguard.claude",
    "ccguard.claude.tools",
    "ccguard.claude.wire",
    "ccguard.commands",
    "ccguard.commands.hook",
    "ccguard.commands.session",
    "ccguard.engine",
    "ccguard.engine.decide",
    "ccguard.git",
    "ccguard.git.places",
    "ccguard.model",
    "ccguard.model.decision",
    "ccguard.model.error",
    "ccguard.model.event",
    "ccguard.model.evidence",
    "ccguard.model.finding",
    "ccguard.model.paths",
    "ccguard.model.policy",
    "ccguard.model.record",
    "ccguard.model.rule",
    "ccguard.policy",
    "ccguard.policy.frozen",
    "ccguard.rules",
    "ccguard.rules.claude_forbidden",
    "ccguard.rules.contact",
    "ccguard.rules.guard_tampering",
    "ccguard.rules.off_limits_path",
    "ccguard.rules.unreadable_command",
    "ccguard.version",
    "gc",
}
WRITING = READING | {"ccguard.commands.guarded"}
COMMAND = WRITING | {
    "ccguard.shell",
    "ccguard.shell.accesses",
    "ccguard.shell.changes",
    "ccguard.shell.grammar",
    "ccguard.shell.lexer",
    "ccguard.shell.programs",
    "ccguard.shell.quoting",
    "ccguard.shell.words",
}
LISTED = {"Read": READING, "Edit": WRITING, "Write": WRITING, "Bash": COMMAND}


def modules(program: Path, here: Scene, stdin: bytes = b"") -> set[str]:
    """The modules that are loaded when a program in Python leaves through `posix._exit`."""
    receive, send = os.pipe()
    with os.fdopen(receive, "rb") as pipe:
        ran = subprocess.run(
            [*INTERPRETER, "-c", DRIVER, str(send), str(program)],
            input=stdin,
            cwd=here.repository,
            env=here.environment,
            pass_fds=(send,),
            capture_output=True,
            check=False,
        )
        os.close(send)
        assert (ran.returncode, ran.stderr) == (0, b"")
        return set(pipe.read().decode().split())


def loaded_for(case: Case, folder: Path) -> set[str]:
    """What a decision with a warm cache loads beyond what a bare interpreter does."""
    here = scene(folder / "scene", case.policy)
    answer(here, case)
    return modules(HOOK, here, here.payload(case)) - bare(folder, here)


def bare(folder: Path, here: Scene) -> set[str]:
    """What a program loads that does nothing."""
    nothing = folder / "nothing.py"
    nothing.write_text("import posix\nposix._exit(0)\n")
    return modules(nothing, here)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_decision_loads_the_modules_that_are_listed_and_no_others(case: Case, tmp_path: Path) -> None:
    assert sorted(loaded_for(case, tmp_path)) == sorted(LISTED[case.tool])


def test_the_law_sees_a_module_that_is_not_listed(tmp_path: Path) -> None:
    crime = tmp_path / "crime.py"
    crime.write_text("import json, posix\nposix._exit(0)\n")
    here = scene(tmp_path / "scene")
    assert "json.decoder" in modules(crime, here) - bare(tmp_path, here) - COMMAND
