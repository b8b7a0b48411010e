"""A room uses only rooms below it: import-linter's contracts hold, and each can be broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from laws.core import ROOT, SOURCE

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"


def lint(folder: Path) -> tuple[int, str]:
    """Exit code and output of import-linter on the package and the contracts in a folder."""
    ran = subprocess.run([sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with a copy of the package and of the contracts, in which a test may plant a crime."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(SOURCE / "ccguard", tmp_path / "ccguard", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_rooms_keep_their_order(copy: Path) -> None:
    code, output = lint(copy)
    assert code == 0, output


@pytest.mark.parametrize(
    ("room", "crime", "contract"),
    [
        ("model", "from ccguard.engine import __doc__", "A room uses only rooms below it"),
        ("engine", "from ccguard.git import stages", "A room uses only rooms below it"),
        ("forge", "from ccguard.git import stages", "A room uses only rooms below it"),
        ("shell", "from ccguard.secrets import __doc__", "A room uses only rooms below it"),
        ("claude", "from ccguard.commands import __doc__", "A room uses only rooms below it"),
        ("attic", "", "A room uses only rooms below it"),
        ("report", "import click", "Only commands speak click"),
        ("commands", "import detect_secrets", "Only detect runs detect-secrets"),
        ("commands", "import git", "Only discovery uses GitPython"),
        ("git", "from git import Repo", "Only discovery uses GitPython"),
        ("commands", "import tomli", "Only policy reads TOML"),
    ],
)
def test_a_planted_import_breaks_its_contract(copy: Path, room: str, crime: str, contract: str) -> None:
    (copy / "ccguard" / room).mkdir(exist_ok=True)
    (copy / "ccguard" / room / "__init__.py").touch()
    (copy / "ccguard" / room / "planted.py").write_text(f"{crime}\n")
    code, output = lint(copy)
    assert code != 0
    assert f"{contract} BROKEN" in output
