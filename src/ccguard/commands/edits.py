"""Files that a command changes: read with care, shown as a diff, written whole or not at all."""

from __future__ import annotations

import difflib
import os
import secrets
import stat
from pathlib import Path
from typing import NamedTuple

from ccguard.model.error import UsageError


class Edit(NamedTuple):
    """One file, before and after (None: not there). `cleaned` is what it would be without ccguard's part.

    `rules` are the deny rules that the edit adds: nothing in them says that they are ccguard's.
    """

    file: Path
    before: bytes | None
    after: bytes | None
    cleaned: bytes | None = None
    executable: bool = False
    rules: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        if self.before != self.after:
            return True
        return self.executable and not os.access(self.file, os.X_OK)


def content(file: Path, within: Path) -> bytes | None:
    """The bytes of a file, None if there is none.

    Raises UsageError for anything but a regular file, and where the file or a folder between it and `within` is a
    symlink: whoever made it decides where our text would land.
    """
    for path in (file, *file.parents):
        if path == within:
            break
        if path.is_symlink():
            raise _unfit(file, f"{path} is a symlink to {path.readlink()}")
    try:
        status = file.lstat()
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise _unfit(file, "a folder on its way is a file") from None
    if not stat.S_ISREG(status.st_mode):
        raise _unfit(file, "it is not a regular file")
    return file.read_bytes()


def text_of(data: bytes | None, file: Path) -> str:
    """The text of a file, empty if there is none. Raises UsageError if it isn't UTF-8."""
    try:
        return (data or b"").decode()
    except UnicodeDecodeError as error:
        raise _unfit(file, f"byte {error.start} is not UTF-8") from None


def diff(edit: Edit, root: Path) -> str:
    """What an edit changes, as a unified diff with paths relative to `root` where they are below it."""
    name = f"/{edit.file.relative_to(root)}" if edit.file.is_relative_to(root) else str(edit.file)
    old, new = (
        (data or b"").decode("utf-8", "replace").splitlines(keepends=True) for data in (edit.before, edit.after)
    )
    lines = difflib.unified_diff(
        old,
        new,
        f"a{name}" if edit.before is not None else "/dev/null",
        f"b{name}" if edit.after is not None else "/dev/null",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def write(edit: Edit) -> list[Path]:
    """Carries out an edit, atomically; the folders that had to be made for it, outermost first."""
    if edit.after is None:
        edit.file.unlink(missing_ok=True)
        return []
    made = make_folders(edit.file.parent)
    scratch = edit.file.with_name(f".{edit.file.name}.{secrets.token_hex(4)}")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(edit.after)
        if edit.executable:
            scratch.chmod(0o755)
        elif edit.before is not None:
            scratch.chmod(stat.S_IMODE(edit.file.stat().st_mode))
        scratch.replace(edit.file)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
    return made


def make_folders(folder: Path) -> list[Path]:
    """Makes a folder with all above it; those that were missing, outermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()][::-1]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _unfit(file: Path, why: str) -> UsageError:
    return UsageError(
        f"{file.name} can't be edited",
        where=str(file),
        why=why,
        fix="put a regular text file in its place and run this again; nothing was changed",
    )
