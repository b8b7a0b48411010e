"""The core imports nothing: no library and no module of the standard library, only other modules of the core.

Held twice, because each way sees what the other can't: from the source, where an import waits inside a function, and
from a bare interpreter, where it hides behind something the parser does not know.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from laws.core import CORE, SOURCE, core_modules, objections

LOADED = """
import sys
before = set(sys.modules)
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    __import__(name)
print("\\n".join(sorted(set(sys.modules) - before)))
"""


def loaded_by(source: Path, modules: list[str]) -> set[str]:
    """What a bare interpreter has to load for some modules, beyond what it starts with."""
    command = [sys.executable, "-I", "-S", "-B", "-c", LOADED, str(source), *modules]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.split())


def strangers(source: Path) -> set[str]:
    """The modules outside the core that importing all of it loads."""
    rooms = {f"ccguard.{room}" for room in CORE}
    loaded = loaded_by(source, list(core_modules(source))) - {"__future__", "ccguard", "ccguard.version"}
    return {name for name in loaded if ".".join(name.split(".")[:2]) not in rooms}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the source in which a test may plant a crime."""
    shutil.copytree(SOURCE, tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "src"


def test_the_core_is_where_the_law_looks_for_it() -> None:
    assert {name.split(".")[1] for name in core_modules()} == set(CORE)


@pytest.mark.parametrize("path", core_modules().values(), ids=core_modules().keys())
def test_a_module_of_the_core_imports_only_the_core(path: Path) -> None:
    assert objections(path) == []


def test_a_bare_interpreter_loads_nothing_else_for_the_whole_core() -> None:
    assert strangers(SOURCE) == set()


@pytest.mark.parametrize(
    ("crime", "named"),
    [
        ("import re", "import re"),
        ("import ccguard.git", "import ccguard.git"),
        ("from os import path", "import os"),
        ("from .. import git", "import ccguard.git"),
        ("from ..git import stages", "import ccguard.git"),
        ("from ccguard import __version__", "import ccguard.__version__"),
        ("def late():\n    import json", "import json"),
        ("def late():\n    return __import__('json')", "call of __import__"),
        ("def late(name):\n    return __import__(f'{name}.{__name__}')", "call of __import__"),
        ("def late(path):\n    return open(path)", "call of open"),
        ("def late():\n    return __builtins__", "use of __builtins__"),
        ("TYPE_CHECKING = 1 < 2", "TYPE_CHECKING is something else than False"),
        ("TYPE_CHECKING = False\nif TYPE_CHECKING:\n    pass\nelse:\n    import typing", "import typing"),
        ("TYPE_CHECKING = False\nif not TYPE_CHECKING:\n    import typing", "import typing"),
    ],
)
def test_the_source_law_names_a_planted_import(copy: Path, crime: str, named: str) -> None:
    planted = copy / "ccguard" / "engine" / "planted.py"
    planted.write_text(f"{crime}\n")
    (objection,) = objections(planted, copy)
    assert objection.startswith("ccguard/engine/planted.py:")
    assert objection.endswith(f": {named}")


@pytest.mark.parametrize(
    "lawful",
    [
        "from __future__ import annotations",
        "from ..model.event import Access",
        "from .. import model",
        "from ccguard.shell import lexer",
        "import ccguard.model.event",
        "def late(name):\n    return __import__(f'{__name__}.{name}', fromlist=(name,))",
        "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from typing import Protocol",
    ],
)
def test_the_source_law_lets_the_core_use_the_core(copy: Path, lawful: str) -> None:
    planted = copy / "ccguard" / "engine" / "planted.py"
    planted.write_text(f"{lawful}\n")
    assert objections(planted, copy) == []


def test_the_run_time_law_names_a_planted_import(copy: Path) -> None:
    (copy / "ccguard" / "rules" / "planted.py").write_text("vars()['__builtins__']['__import__']('stat')\n")
    assert "stat" in strangers(copy)
