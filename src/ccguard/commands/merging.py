"""Files that ccguard merges into: what each would be with its part, and without it."""

from __future__ import annotations

import string
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

from ccguard.claude import settings
from ccguard.claude.deny import Denials, deny_rules
from ccguard.claude.launcher import shipped_file
from ccguard.claude.settings import Scope
from ccguard.git import precommit
from ccguard.git.discovery import WorkTree
from ccguard.model.error import UsageError
from ccguard.model.policy import Policy
from ccguard.policy.load import load, read_file
from ccguard.policy.merge import merge

from .edits import Edit, content, text_of
from .installed import Installed

POLICY_FILE = ".claude-policy.toml"
ATTRIBUTES = ".gitattributes"
_BOM = "\ufeff"


def policy_of(tree: WorkTree, offered: bytes | None = None) -> Policy | None:
    """The policy of the work tree, None without one. `offered` stands in for a policy file still to be written."""
    in_work_tree = read_file(str(tree.root))

    def read(path: str) -> bytes | None:
        return offered if path == POLICY_FILE and offered is not None else in_work_tree(path)

    layers = load(read)
    return None if layers is None else merge(layers, []).policy


def policy_edit(tree: WorkTree, mode: str, zones: str) -> Edit:
    """A first policy, where there is none."""
    file = tree.root / POLICY_FILE
    before = content(file, tree.root)
    if before is not None:
        return Edit(file, before, before)
    template = string.Template(shipped_file("templates/policy.toml").read_text("utf-8"))
    return Edit(file, None, template.substitute(mode=mode, salt=token_hex(16), zones=zones).encode())


def denials_for(scope: Scope, policy: Policy | None) -> Denials:
    """The deny rules of a scope. A rule in a user's or the machine's settings would hit every repository."""
    return deny_rules(policy.zones) if policy and scope in ("repo", "clone") else Denials((), ())


def settings_edit(
    scope: Scope, tree: WorkTree | None, environ: Mapping[str, str], policy: Policy | None, record: Installed
) -> Edit:
    """Claude Code's settings of a scope with ccguard's hooks and deny rules merged in."""
    file = settings.settings_file(scope, root=tree.root if tree else None, environ=environ)
    root = tree.root if tree and scope in ("repo", "clone") else file.parent
    before, mark, text = _settings_text(file, root)
    where = _shown(file, root)
    home = None if scope in ("repo", "managed") else settings.home_of(environ)
    ours = record.rules(file)
    cleaned = settings_cleaned(file, root, ours)
    rules = denials_for(scope, policy).rules
    present = settings.denied(text)
    after = settings.put_in(
        settings.without_rules(text, [rule for rule in ours if rule not in rules]),
        settings.start_command(scope, home),
        rules,
        where,
    )
    added = tuple(rule for rule in rules if rule in ours or rule not in present)
    return Edit(file, before, (mark + after).encode(), cleaned, rules=added)


def settings_cleaned(file: Path, root: Path, rules: tuple[str, ...]) -> bytes | None:
    """A settings file without ccguard's part; None if nothing is left in it."""
    before, mark, text = _settings_text(file, root)
    cleaned = settings.take_out(text, rules, _shown(file, root))
    if cleaned.text == text:
        return before
    return None if cleaned.empty else (mark + cleaned.text).encode()


def precommit_edit(tree: WorkTree) -> Edit:
    """The pre-commit configuration with ccguard's hooks."""
    file = tree.root / precommit.CONFIG
    before = content(file, tree.root)
    text = text_of(before, file)
    after = precommit.with_ccguard(text)
    if after != text:
        precommit.check_valid(after)
    if precommit.filters_messages(after):
        raise UsageError(
            f"{precommit.CONFIG} keeps commit messages from the hooks that judge them",
            where=precommit.CONFIG,
            why="its own `files` or `exclude` leave out .git/COMMIT_EDITMSG",
            fix="move the filter to the hooks that need it, or use native git hooks (--native); nothing was changed",
        )
    return Edit(file, before, after.encode(), precommit_cleaned(file))


def precommit_cleaned(file: Path) -> bytes | None:
    """A pre-commit configuration without ccguard's part; None if nothing is left in it."""
    before = content(file, file.parent)
    text = text_of(before, file)
    cleaned = precommit.without_ccguard(text)
    if cleaned == text:
        return before
    return cleaned.encode() or None


def attributes_edit(tree: WorkTree, baseline: str) -> Edit:
    """`.gitattributes` with the line that lets two branches add to the baseline without a conflict."""
    file = tree.root / ATTRIBUTES
    before = content(file, tree.root)
    text = text_of(before, file)
    line = attributes_line(baseline)
    if not line or line in text.splitlines():
        return Edit(file, before, before)
    newline = "\r\n" if "\r\n" in text else "\n"
    lead = newline if text and not text.endswith("\n") else ""
    return Edit(file, before, f"{text}{lead}{line}{newline}".encode(), before)


def attributes_cleaned(file: Path, baseline: str) -> bytes | None:
    """`.gitattributes` without that line; None if nothing is left in it."""
    before = content(file, file.parent)
    lines = text_of(before, file).splitlines(keepends=True)
    kept = [line for line in lines if line.rstrip("\r\n") != attributes_line(baseline)]
    if len(kept) == len(lines):
        return before
    return "".join(kept).encode() or None


def attributes_line(baseline: str) -> str:
    """The line for a baseline; empty where its name would need quotes, which is not worth a line."""
    return "" if not baseline or set(baseline) & set(' \t"\\') else f"{baseline} merge=union"


def _settings_text(file: Path, root: Path) -> tuple[bytes | None, str, str]:
    """A settings file: its bytes, its byte order mark if it has one, and the rest as text."""
    before = content(file, root)
    text = text_of(before, file)
    return (before, _BOM, text[1:]) if text.startswith(_BOM) else (before, "", text)


def _shown(file: Path, root: Path) -> str:
    """How messages name a settings file: below the repository, or else in full."""
    return str(file) if root == file.parent else file.relative_to(root).as_posix()
