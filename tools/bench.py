"""What a real-time decision costs, in starts of a bare interpreter.

`python tools/bench.py [--pairs N] [--instructions]` runs the hook as Claude Code does, each run paired with a run of
`python -I -S -c pass`, and prints the median of the ratios of their CPU times (user and system, children included).
Only ratios are shown: seconds say more about the machine than about ccguard. `--instructions` counts instructions
with valgrind instead, which is slow and does not depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

HOOK = Path(__file__).resolve().parents[1] / "hooks" / "claude_code.py"
INTERPRETER = [sys.executable, "-I", "-S"]
BARE = [*INTERPRETER, "-c", "pass"]
HURRIED = [*INTERPRETER, str(HOOK)]
# Under valgrind everything takes fifty times longer, and the hook gives itself two seconds.
UNHURRIED = [
    *INTERPRETER,
    "-c",
    # `exec` of a text: `compile` would first make all the types of syntax trees, which costs more than the hook.
    "import _signal, sys\n_signal.setitimer = lambda *_: None\nsys.argv = sys.argv[1:]\n__file__ = sys.argv[0]\n"
    "with open(__file__, 'rb') as file: text = file.read()\nexec(text)",
    str(HOOK),
]
POLICY = 'version = 1\n[claude]\nmode = "supervised"\n[zones.vault]\naccess = "none"\npaths = ["vault/"]\n'


class Case(NamedTuple):
    """One call of a tool, the policy it is judged by, and the rule that refuses it, if one does."""

    name: str
    tool: str
    tool_input: dict[str, str | bool]
    refused_by: str = ""
    policy: str = POLICY


class Scene(NamedTuple):
    """A throw-away repository under a policy, and the environment of a user who has nothing else."""

    repository: Path
    environment: dict[str, str]

    def payload(self, case: Case) -> bytes:
        """What Claude Code writes to the hook's stdin; `{repository}` in an input becomes the repository's path."""
        given = {
            key: value.replace("{repository}", str(self.repository)) if isinstance(value, str) else value
            for key, value in case.tool_input.items()
        }
        event = {
            "session_id": "00000001-0000-4000-8000-000000000000",
            "transcript_path": str(self.repository.parent / "transcript.jsonl"),
            "cwd": str(self.repository),
            "permission_mode": "default",
            "hook_event_name": "PreToolUse",
            "tool_name": case.tool,
            "tool_input": given,
            "tool_use_id": "toolu_main_0_0",
        }
        return json.dumps(event).encode()


def cases() -> list[Case]:
    """The calls that are measured."""
    python = "".join(f"def area_{n}(width, height):\n    return width * height + {n}\n\n" for n in range(330))[:20_000]
    command = (
        "cd src && grep -n 'def ' a.py | sort -u | head -n 5; git status --short && "
        "git diff --stat HEAD -- a.py | sed -n '1,40p' > stat.txt; wc -l a.py stat.txt && "
        "python -m pytest -q --maxfail=1 --color=no ../tests/test_areas.py 2>&1 | tail -n 20 || echo failed"
    )
    patterns = [[f"generated/{n}/**/part-{m}-*.lock" for m in range(10)] for n in range(50)]
    zones = "".join(f'[zones.z{n}]\naccess = "read"\npaths = {paths}\n' for n, paths in enumerate(patterns))
    read = {"file_path": "{repository}/src/a.py"}
    return [
        Case("Read", "Read", {**read}),
        Case("Edit", "Edit", {**read, "old_string": "1", "new_string": "2", "replace_all": False}),
        Case("Bash, 250 bytes", "Bash", {"command": command, "description": "x"}),
        Case("Write, 20 KB", "Write", {"file_path": "{repository}/src/new.py", "content": python}),
        Case("Read, refused", "Read", {"file_path": "{repository}/vault/key.txt"}, "off-limits-path"),
        Case("Read, 500 rules", "Read", {**read}, policy=POLICY + zones),
    ]


def scene(folder: Path, policy: str = POLICY) -> Scene:
    """A committed repository in a folder of its own, with a home beside it."""
    repository, home = folder / "repository", folder / "home"
    (repository / "src").mkdir(parents=True)
    (repository / "vault").mkdir()
    home.mkdir()
    (repository / ".claude-policy.toml").write_text(policy)
    (repository / "src" / "a.py").write_text("a = 1\n")
    (repository / "vault" / "key.txt").write_text("nothing to see\n")
    environment = {
        "HOME": str(home),
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "CLAUDE_PROJECT_DIR": str(repository),
    }
    who = {f"GIT_{role}_{what}": f"dev{at}" for role in ("AUTHOR", "COMMITTER") for what, at in _WHO}
    for words in (["init", "--quiet", "--initial-branch=main"], ["add", "--all"], ["commit", "--quiet", "-m", "start"]):
        subprocess.run(["git", *words], cwd=repository, env={**environment, **who}, check=True)
    return Scene(repository, environment)


_WHO = (("NAME", ""), ("EMAIL", "@example.com"))


def answer(here: Scene, case: Case) -> str:
    """What the hook says to a call: one JSON object, or nothing."""
    ran = subprocess.run(
        HURRIED,
        input=here.payload(case),
        cwd=here.repository,
        env=here.environment,
        capture_output=True,
        check=False,
    )
    if ran.returncode or ran.stderr:
        raise SystemExit(f"bench: {case.name}: exit {ran.returncode}: {ran.stderr.decode(errors='replace')}")
    return ran.stdout.decode()


def warm(here: Scene, case: Case) -> None:
    """Fills the caches, and makes sure that what is measured is a decision and not a failure."""
    for _ in range(2):
        said = answer(here, case)
    refused = '"deny"' in said and case.refused_by in said
    if not refused if case.refused_by else said:
        raise SystemExit(f"bench: {case.name}: not the expected answer: {said or 'nothing'}")


def cpu_seconds(command: list[str], here: Scene, stdin: Path) -> float:
    """User and system time of one run of a program and of what it started."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    ]
    child = os.posix_spawn(command[0], command, here.environment, file_actions=actions)
    _, _, used = os.wait4(child, 0)
    return used.ru_utime + used.ru_stime


def instructions(command: list[str], here: Scene, stdin: Path) -> float:
    """Instructions that one run of a program takes, as valgrind counts them."""
    tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}"]
    with stdin.open("rb") as given:
        ran = subprocess.run(
            [*tool, *command], stdin=given, capture_output=True, cwd=here.repository, env=here.environment, check=False
        )
    counted = re.search(rb"Collected : (\d+)", ran.stderr)
    if counted is None or ran.returncode:
        raise SystemExit(f"bench: valgrind, exit {ran.returncode}: {ran.stderr.decode(errors='replace')}")
    return float(counted[1])


def cpu_ratio(case: Case, pairs: int) -> float:
    """How many starts of a bare interpreter one decision costs: the median over interleaved pairs of runs."""
    with tempfile.TemporaryDirectory() as folder:
        here, stdin = prepared(case, Path(folder))
        return statistics.median(
            cpu_seconds(HURRIED, here, stdin) / cpu_seconds(BARE, here, stdin) for _ in range(pairs)
        )


def instruction_ratio(case: Case) -> float:
    """The same in instructions, where one pair is enough."""
    with tempfile.TemporaryDirectory() as folder:
        here, stdin = prepared(case, Path(folder))
        return instructions(UNHURRIED, here, stdin) / instructions(BARE, here, stdin)


def prepared(case: Case, folder: Path) -> tuple[Scene, Path]:
    """A scene with warm caches, and the file that holds the payload."""
    here = scene(folder, case.policy)
    warm(here, case)
    stdin = folder / "payload.json"
    stdin.write_bytes(here.payload(case))
    return here, stdin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=25, help="pairs of runs for each case (default: 25)")
    parser.add_argument("--instructions", action="store_true", help="count instructions of Read and Bash with valgrind")
    options = parser.parse_args()
    if options.instructions and shutil.which("valgrind") is None:
        raise SystemExit("bench: --instructions needs valgrind")
    print(f"{'case':<18} ratio to {' '.join(['python', *BARE[1:]])} (Python {sys.version.split()[0]})")
    for case in cases():
        if not options.instructions:
            print(f"{case.name:<18} {cpu_ratio(case, options.pairs):.2f}", flush=True)
        elif case.name.startswith(("Read", "Bash")):
            print(f"{case.name:<18} {instruction_ratio(case):.2f}", flush=True)


if __name__ == "__main__":
    main()
