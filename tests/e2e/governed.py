"""A repository that ccguard governs, made the way its owner would make it, and somebody at work in it."""

from __future__ import annotations

import json
import re
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .client import Run, drive, one_call_a_turn, person_environment, run_offline
from .scripted_model import Call

OWNER = "@acme/platform"
ZONE = "vault"
ZONE_CONTACT = "#vault-keepers"
POLICY = f"""\
version = 1

[claude]
mode = "MODE"
reason = "Product code."

[contacts]
owner = "{OWNER}"
help = "{OWNER}"

[zones.{ZONE}]
paths = ["secrets/"]
reason = "Live credentials."
contact = "{ZONE_CONTACT}"
"""
README = "# A small program\n"
APP = 'print("good morning")\n'


def _marker() -> str:
    return f"marker-{uuid.uuid4().hex}"


@dataclass(frozen=True)
class Governed:
    """The repository, the home of somebody who works in it, and the texts that no model may see."""

    path: Path
    home: Path
    key_marker: str = field(default_factory=_marker)
    env_marker: str = field(default_factory=_marker)

    @property
    def key(self) -> Path:
        return self.path / "secrets" / "key.txt"

    @property
    def launcher(self) -> Path:
        return self.home / ".local" / "share" / "ccguard" / "hook"

    @property
    def settings(self) -> Path:
        return self.path / ".claude" / "settings.json"

    def by_hand(self, *command: str) -> str:
        """What a command prints that the person runs, and that must succeed."""
        done = run_offline(command, self.path, self._environment(), timeout=120)
        assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def session(self, *calls: Call, start_in: str = "", prompt: str = "Go ahead.") -> Run:
        """A session of Claude Code that makes the calls, one after the other."""
        environment = {"PATH": self._environment()["PATH"]}
        return drive(self.path / start_in, self.home, one_call_a_turn(*calls), prompt=prompt, environment=environment)

    def keep_only_hooks(self, event: str) -> None:
        """Takes the other hooks and the deny rules out of the project's settings, so that one hook stands alone."""
        settings: dict[str, Any] = json.loads(self.settings.read_text())
        settings.get("permissions", {}).pop("deny", None)
        settings["hooks"] = {event: settings["hooks"][event]}
        self.settings.write_text(json.dumps(settings))

    def lose_the_launcher(self) -> None:
        self.launcher.unlink()

    def lose_the_interpreter(self) -> None:
        """Makes the launcher name an interpreter that is gone, as after a removed environment or an upgrade."""
        text = self.launcher.read_text()
        changed = re.sub(r"/[^\s'\"]*/python[\d.]*(?=[\s'\"]|$)", "/nowhere/python3", text)
        assert changed != text, f"no interpreter in the launcher:\n{text}"
        self.launcher.write_text(changed)

    def _environment(self) -> dict[str, str]:
        environment = person_environment(self.home)
        return {**environment, "PATH": f"{Path(sys.executable).parent}:{environment['PATH']}"}


def govern(root: Path, mode: str = "supervised") -> Governed:
    """A repository with some work in it, then a policy, then `ccguard init`, each of them committed."""
    made = Governed(root / "app", root / "home")
    made.home.mkdir()
    files = {
        "README.md": README,
        "src/app.py": APP,
        "secrets/key.txt": f"{made.key_marker}\n",
        ".env": f"GREETING={made.env_marker}\n",
    }
    for name, text in files.items():
        target = made.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    made.by_hand("git", "init", "--quiet", "--initial-branch=main")
    made.by_hand("git", "config", "user.name", "Dev")
    made.by_hand("git", "config", "user.email", "dev@acme.example")
    _commit(made, "Begin")
    (made.path / ".claude-policy.toml").write_text(POLICY.replace("MODE", mode))
    made.by_hand("ccguard", "init", "--yes")
    _commit(made, "Govern Claude Code here")
    return made


def _commit(repository: Governed, subject: str) -> None:
    repository.by_hand("git", "add", "--all")
    repository.by_hand("git", "commit", "--quiet", "--message", subject)
