"""What the core of ccguard imports, read from its source: the eyes of the law "the core imports nothing"."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
CORE = ("model", "shell", "secrets", "rules", "engine")
# Built-in functions that reach a file, a terminal or other code without an import.
REACHING = {"__import__", "breakpoint", "compile", "eval", "exec", "input", "open", "print"}


def core_modules(source: Path = SOURCE) -> dict[str, Path]:
    """Every module of the core by its dotted name."""
    found = {}
    for room in CORE:
        for path in sorted((source / "ccguard" / room).rglob("*.py")):
            parts = path.relative_to(source).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def objections(path: Path, source: Path = SOURCE) -> list[str]:
    """What one module of the core does that it must not, as `file:line: what`."""
    package = path.relative_to(source).parent.parts
    tree = ast.parse(path.read_bytes(), str(path))
    found = []
    for node in _run_time(tree):
        for what in _forbidden(node, package):
            line = getattr(node, "lineno", 0)
            found.append(f"{path.relative_to(source).as_posix()}:{line}: {what}")
    return found


def _run_time(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes below one, without those that only a type checker sees."""
    for child in _children(node):
        yield child
        yield from _run_time(child)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.If) and _is_type_checking(node.test):
        yield from node.orelse
    elif isinstance(node, ast.If) and isinstance(node.test, ast.UnaryOp) and _is_type_checking(node.test.operand):
        yield from node.body
    else:
        yield from ast.iter_child_nodes(node)


def _is_type_checking(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def _stays_in_its_room(call: ast.Call) -> bool:
    """Whether a call is `__import__(f"{__name__}....")`: the table of rules loads a rule's module when it is needed."""
    match call:
        case ast.Call(
            func=ast.Name(id="__import__"),
            args=[
                ast.JoinedStr(
                    values=[ast.FormattedValue(value=ast.Name(id="__name__")), ast.Constant(value=str(dot)), *_]
                )
            ],
        ):
            return dot.startswith(".")
    return False


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


def _forbidden(node: ast.AST, package: tuple[str, ...]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (f"import {name.name}" for name in node.names if not _is_core(name.name))
    elif isinstance(node, ast.ImportFrom):
        origin = _origin(node, package)
        imported = [f"{origin}.{name.name}" if origin == "ccguard" else origin for name in node.names]
        yield from (f"import {module}" for module in dict.fromkeys(imported) if not _is_core(module))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REACHING:
        yield from () if _stays_in_its_room(node) else (f"call of {node.func.id}",)
    elif isinstance(node, ast.Name) and node.id == "__builtins__":
        yield "use of __builtins__"
    elif isinstance(node, ast.Assign) and any(_is_type_checking(target) for target in node.targets):
        yield from () if _is_false(node.value) else ("TYPE_CHECKING is something else than False",)


def _origin(node: ast.ImportFrom, package: tuple[str, ...]) -> str:
    """The absolute name of the module that a `from ... import` reads."""
    if not node.level:
        return node.module or ""
    above = package[: len(package) - node.level + 1]
    return ".".join((*above, *(node.module or "").split("."))).strip(".")


def _is_core(module: str) -> bool:
    parts = module.split(".")
    return module == "__future__" or (parts[0] == "ccguard" and len(parts) > 1 and parts[1] in CORE)
