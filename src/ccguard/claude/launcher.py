"""The launcher: the one stable file that Claude Code's settings start, with an absolute interpreter inside.

Settings that are shared by all clones can't name an interpreter, and a name looked up on PATH can be faked. So every
user has one launcher at a fixed place (XDG variables are not honoured, or the place would not be fixed), and scope
managed has its own where only the administrator can write.
"""

from __future__ import annotations

import compileall
import os
import shlex
import stat
import sys
from pathlib import Path

from ccguard.model.error import CcguardError, UsageError

USER_LAUNCHER = ".local/share/ccguard/hook"  # below the home folder
MANAGED_LAUNCHER = Path("/usr/local/lib/ccguard/hook")

HOW_TO_INSTALL = "pipx install ccguard-policy && ccguard install"

_PACKAGE = Path(__file__).absolute().parents[1]
_SCRIPT = """\
#!/bin/sh
# Claude Code's settings start this file for every tool call. Written by `ccguard install`, which writes it anew
# when ccguard or its Python moves; removed by `ccguard uninstall`.
python={python}
hook={hook}
if [ -x "$python" ] && [ -f "$hook" ]; then
    exec "$python" -I -S "$hook"
fi
echo 'ccguard: its program is gone from where it was installed, so this call is refused. To mend it: {how}' >&2
exit 2
"""


def user_launcher(home: Path) -> Path:
    """Where a user's launcher lies."""
    return home / USER_LAUNCHER


def launcher_script() -> bytes:
    """The text of a launcher that starts this very installation."""
    python, hook = interpreter(), hook_file()
    return os.fsencode(_SCRIPT.format(python=shlex.quote(str(python)), hook=shlex.quote(str(hook)), how=HOW_TO_INSTALL))


def interpreter() -> Path:
    """This Python, absolute. Its symlink is kept: resolved, it would be the Python outside the environment."""
    return Path(sys.executable).absolute()


def hook_file() -> Path:
    """The program that Claude Code's hook runs."""
    return shipped_file("hooks/claude_code.py")


def shipped_file(name: str) -> Path:
    """A file that ccguard ships beside its modules: in the package once installed, at the top of a source checkout."""
    for folder in (_PACKAGE, _PACKAGE.parents[1]):
        if (folder / name).is_file():
            return folder / name
    raise CcguardError(
        f"ccguard's own file {name} is missing",
        where=str(_PACKAGE),
        why="the installation is incomplete",
        fix="install ccguard-policy again",
    )


def compile_ahead() -> None:
    """Byte-compiles what the hook loads, so that its first call is as fast as the rest. A read-only folder is fine."""
    compileall.compile_dir(str(_PACKAGE), quiet=2)
    compileall.compile_file(str(hook_file()), quiet=2)


def refuse_unless_administrators() -> None:
    """Raises UsageError unless everybody may start this installation and only the administrator may change it."""
    for start in (interpreter(), interpreter().resolve(), hook_file().resolve()):
        for path in (start, *start.parents):
            reason = _not_administrators(path.stat())
            if reason:
                raise UsageError(
                    "scope managed needs an installation that only the administrator can change",
                    where=str(path),
                    why=f"{path} {reason}, and every user's Claude Code would run it",
                    fix="install ccguard-policy for the whole machine, for example in a virtual environment in"
                    " /opt/ccguard, and run its ccguard as root",
                )


def _not_administrators(status: os.stat_result) -> str:
    if status.st_uid != 0:
        return "belongs to a user"
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not status.st_mode & stat.S_ISVTX:
        return "can be written by others"
    if stat.S_ISDIR(status.st_mode) and not status.st_mode & stat.S_IXOTH:
        return "is closed to other users"
    return ""
