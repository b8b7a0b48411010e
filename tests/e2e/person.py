"""Somebody with a home folder and a repository in it, who runs ccguard there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from gitrepo import GitRepo

BIN = Path(sys.executable).parent
STAGES = ("pre-commit", "prepare-commit-msg", "commit-msg", "pre-push")
POLICY = 'version = 1\n[claude]\nmode = "supervised"\n'
Snapshot = dict[str, tuple[int, bytes]]


class Person:
    """Somebody with a home folder and a repository in it."""

    def __init__(self, home: Path, repo: GitRepo) -> None:
        self.home = home
        self.repo = repo
        identity = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@acme.example"}
        identity |= {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@acme.example"}
        self.environment = {**repo.environment, **identity, "HOME": str(home), "PATH": f"{BIN}:{os.environ['PATH']}"}

    @property
    def launcher(self) -> Path:
        return self.home / ".local/share/ccguard/hook"

    def tried(self, *words: str, folder: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["ccguard", *words],
            cwd=folder or self.repo.path,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def ccguard(self, *words: str, folder: Path | None = None, **environment: str) -> str:
        """What a ccguard command prints that has to end with 0."""
        done = self.tried(*words, folder=folder, **environment)
        assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def refused(self, *words: str, folder: Path | None = None, code: int = 2, **environment: str) -> str:
        """What a ccguard command says that has to end with an error and must leave everything as it was."""
        before = self.everything()
        done = self.tried(*words, folder=folder, **environment)
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        assert self.everything() == before
        return done.stderr

    def commit(self, *files: str) -> subprocess.CompletedProcess[str]:
        self.repo.git("add", "--all", *files)
        return subprocess.run(
            ["git", "commit", "-m", "Change"],
            cwd=self.repo.path,
            env=self.environment,
            capture_output=True,
            text=True,
        )

    def everything(self) -> Snapshot:
        """Every file and folder of the home folder but what git and pre-commit keep for themselves."""
        own = (".git/objects", ".git/logs", ".git/index", ".git/COMMIT_EDITMSG", ".cache/pre-commit")
        found: Snapshot = {}
        for path in sorted(self.home.rglob("*")):
            name = path.relative_to(self.home).as_posix()
            if any(f"/{part}" in f"/{name}" for part in own) or name == ".cache":
                continue
            found[name] = (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
        return found

    def handlers(self, file: Path) -> list[dict[str, object]]:
        groups = json.loads(file.read_text())["hooks"]
        return [handler for event in groups.values() for group in event for handler in group["hooks"]]


def person_in(folder: Path) -> Person:
    """Somebody with a repository that has some work in it and no policy."""
    home = folder / "home of Ada"
    repo = GitRepo.made(home / "work" / "app")
    repo.write("README.md", "# app\n")
    repo.write("infra/prod/db.tf", "resource\n")
    repo.write("src/app.py", "print('hello')\n")
    repo.commit("Begin")
    return Person(home, repo)


def furnish(repo: GitRepo) -> None:
    """Files of the owner's own in every place that ccguard merges into."""
    repo.write(".claude/settings.json", '{\n    "model": "opus",\n    "permissions": {"deny": ["Read(/mine)"]}\n}')
    repo.write(".pre-commit-config.yaml", "# mine\nrepos:\n-   repo: meta\n    hooks:\n    -   id: identity  # why\n")
    repo.write(".gitattributes", "*.png binary")
    repo.write(".git/hooks/pre-commit", "#!/bin/sh\necho mine >> hook.log\n")
    (repo.path / ".git/hooks/pre-commit").chmod(0o755)
    (repo.path / ".gitattributes").chmod(0o600)
