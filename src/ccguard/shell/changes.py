"""Which words of a command well-known programs change or remove. A program that is not listed is taken to read."""

from __future__ import annotations

from .programs import git_verb_place, program_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal, TypeAlias

    # All operands; the last one (or the folder of `-t`); all, if one of these options is given.
    Which: TypeAlias = Literal["all", "last"] | tuple[str, ...]
    Effect: TypeAlias = Literal["write", "delete"]

_PROGRAMS: dict[str, Which] = {
    **dict.fromkeys(("rename", "touch", "truncate", "mkdir", "mkfifo"), "all"),
    **dict.fromkeys(("chmod", "chown", "chgrp", "chattr", "setfacl", "tee", "sponge", "patch", "ed", "ex"), "all"),
    **dict.fromkeys(("vi", "vim", "nvim", "nano", "emacs", "fallocate", "mknod"), "all"),
    **dict.fromkeys(("cp", "ln", "install", "rsync", "scp", "link", "symlink"), "last"),
    **dict.fromkeys(("sed", "gsed", "perl", "ruby"), ("-i", "--in-place")),
    "gofmt": ("-w",),
    "prettier": ("-w", "--write"),
    **dict.fromkeys(("black", "isort", "rustfmt"), "all"),
    "ruff": ("--fix", "format"),
    "eslint": ("--fix",),
    "sort": ("-o", "--output"),
    **dict.fromkeys(("wget", "curl", "shuf"), ("-O", "-o", "--output")),
    **dict.fromkeys(("gcc", "cc", "clang", "xxd"), ("-o", "-r")),
    **dict.fromkeys(("gzip", "gunzip", "bzip2", "xz", "unxz", "zstd"), "all"),
    "unzip": ("-d", "-o"),
    "tar": ("x", "-x", "--extract"),
    "find": ("-delete",),
    "dd": ("of=",),
    "dos2unix": "all",
    **dict.fromkeys(("git checkout", "git restore", "git apply", "git am", "git clean", "git reset"), "all"),
    **dict.fromkeys(("git stash", "git update-index", "git config"), "all"),
}
# Program -> the commands of it that take a guard away, or write what only a person may.
_SWITCHES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("ccguard", "ccguard-policy", "ccguard.cli"), ("uninstall", "baseline", "waive")),
    **dict.fromkeys(("pre-commit", "prek", "pre_commit"), ("uninstall",)),
}
# They take away what they name, and with a folder all that is below it.
_REMOVE = frozenset(("rm", "rmdir", "unlink", "shred", "mv", "git rm", "git mv"))


def effects(texts: Sequence[str | None]) -> dict[int, Effect]:
    """What a command does to which of its words, by their places: `texts` are its words, None where one isn't known."""
    at = program_place(texts)
    if at < 0:
        return {}
    name = (texts[at] or "").rpartition("/")[2]
    if name == "git":
        at = git_verb_place(texts, at)
        name = f"git {texts[at]}" if at < len(texts) else ""
    operands = range(at + 1, len(texts))
    if name in _REMOVE:
        return dict.fromkeys(operands, "delete")
    which = _PROGRAMS.get(name)
    if which is None:
        return {}
    if which == "all":
        return dict.fromkeys(operands, "write")
    if which == "last":
        return dict.fromkeys(_targets(texts, operands), "write")
    given = any(_is_option(texts[index], option) for index in operands for option in which)
    return dict.fromkeys(operands, "write") if given else {}


def switches(texts: Sequence[str | None], named: frozenset[int]) -> list[str]:
    """Commands in a command, however started, that take the guard away; words that are only `named` do not count."""
    found = []
    for index in range(len(texts) - 1):
        name = (texts[index] or "").rpartition("/")[2]
        if index not in named and texts[index + 1] in _SWITCHES.get(name, ()):
            found.append(f"{name} {texts[index + 1]}")
    return found


def _targets(texts: Sequence[str | None], operands: range) -> frozenset[int]:
    """Where a copy goes: the last operand, and what stands behind `-t`."""
    found = {index + 1 for index in operands if texts[index] == "-t"}
    found |= {index for index in operands if (texts[index] or "").startswith(("-t", "--target-directory="))}
    plain = [index for index in operands if not (texts[index] or "").startswith("-")]
    return frozenset(found | set(plain[-1:]))


def _is_option(text: str | None, option: str) -> bool:
    """Whether a word is this option: alone, with its value attached, or among others behind one dash."""
    if text is None:
        return False
    if option.startswith("-") and not option.startswith("--"):
        return text[:1] == "-" and text[1:2] != "-" and option[1] in text
    return text == option or (option[-1] == "=" and text.startswith(option)) or text.startswith(option + "=")
