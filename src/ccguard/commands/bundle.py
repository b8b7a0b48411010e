"""One file with all modules of the real-time hook, compiled: thirty small reads become one.

It lies beside the package's other compiled files and is worth as much trust as they are. The hook takes it only if
size and time of every source still match, and otherwise does without.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import marshal
import os
import sys
from pathlib import Path
from types import CodeType
from typing import cast

from ..policy.frozen import sealed, unsealed

_PACKAGE = Path(__file__).resolve().parent.parent

# The modules of the fast way and of every rule that may be asked there; what only the slow way needs stays out.
_PARTS = ("model", "shell", "secrets", "rules", "engine")
_SINGLE = (
    "version.py",
    "claude/__init__.py",
    "claude/candidates.py",
    "claude/tools.py",
    "claude/wire.py",
    "commands/__init__.py",
    "commands/guarded.py",
    "commands/hook.py",
    "commands/notice.py",
    "commands/session.py",
    "git/__init__.py",
    "git/places.py",
    "policy/__init__.py",
    "policy/frozen.py",
)

# Runs in the hook, with `folder` given; `BUNDLED` is name -> (is it a package, its code), `SOURCES` what it is made of.
_BOOT = """
import sys
from marshal import loads

from _frozen_importlib import ModuleSpec

try:
    from posix import stat
except ImportError:
    from nt import stat


class Bundled:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name not in BUNDLED:
            return None
        is_package = BUNDLED[name][0]
        spec = ModuleSpec(name, Bundled, is_package=is_package)
        file = folder + "/" + name[8:].replace(".", "/")
        spec.origin = file + ("/__init__.py" if is_package else ".py")
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations.append(file)
        return spec

    @staticmethod
    def create_module(spec):
        return None

    @staticmethod
    def exec_module(module):
        exec(loads(BUNDLED[module.__name__][1]), module.__dict__)


def is_current():
    for name, size, changed in SOURCES:
        status = stat(folder + "/" + name)
        if status.st_size != size or status.st_mtime_ns != changed:
            return False
    return True


if is_current():
    sys.meta_path.insert(0, Bundled)
"""


def refresh() -> Path | None:
    """The bundle of this installation for this interpreter, built if it is missing or old; None if it can't be."""
    target = _PACKAGE / "__pycache__" / f"hook.{sys.implementation.cache_tag}.bundle"
    sources = [(path, path.stat()) for path in _sources()]
    facts = tuple((_name(path), status.st_size, status.st_mtime_ns) for path, status in sources)
    opening = f"SOURCES = {facts!r}\n"
    with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
        if facts in unsealed(target.read_bytes()).co_consts:
            return target
    modules = {
        _module(_name(path)): (path.name == "__init__.py", marshal.dumps(_compiled(path))) for path, _ in sources
    }
    code = compile(f"{opening}BUNDLED = {modules!r}\n{_BOOT}", "<ccguard bundle>", "exec", dont_inherit=True)
    scratch = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(exist_ok=True)
        scratch.write_bytes(sealed(code))
        scratch.replace(target)
    except OSError:
        return None
    return target


def _compiled(path: Path) -> CodeType:
    """A module's code without docstrings, line numbers, annotations of functions and the import of `__future__`.

    The hook shows no traceback and asks no function for its types, and every byte of this is read and checked at every
    tool call.
    """
    tree = ast.parse(path.read_bytes())
    tree.body = [node for node in tree.body if not (isinstance(node, ast.ImportFrom) and node.module == "__future__")]
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    flags = __future__.annotations.compiler_flag
    return _without_lines(cast(CodeType, compile(tree, str(path), "exec", flags=flags, dont_inherit=True, optimize=2)))


def _without_lines(code: CodeType) -> CodeType:
    inner = (_without_lines(value) if isinstance(value, CodeType) else value for value in code.co_consts)
    return code.replace(co_linetable=b"", co_consts=tuple(inner))


def _sources() -> list[Path]:
    parts = [path for part in _PARTS for path in sorted((_PACKAGE / part).glob("*.py"))]
    return [*parts, *(_PACKAGE / name for name in _SINGLE)]


def _name(path: Path) -> str:
    return path.relative_to(_PACKAGE).as_posix()


def _module(name: str) -> str:
    return "ccguard." + name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
