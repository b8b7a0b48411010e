"""The record of what ccguard put in, so that `uninstall` leaves no trace: one for each clone, and one for the user."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from ccguard.model.error import CcguardError

from .edits import Edit, make_folders, write

NAME = "installed.json"


class Installed:
    """What was put in, by absolute path of the file. Kept in JSON; nothing in it is needed to read the rest."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._data: dict[str, Any] = {"version": 1, "files": {}, "folders": [], "git_hooks": [], "users": []}
        if file.is_file():
            try:
                self._data.update(json.loads(file.read_bytes()))
            except ValueError as error:
                raise CcguardError(
                    "the record of what ccguard has put in can't be read",
                    where=str(file),
                    why=str(error),
                    fix="remove it; `ccguard uninstall` then takes out what it recognises as ccguard's",
                ) from None

    def files(self) -> list[Path]:
        """The files that were written."""
        return [Path(name) for name in self._data["files"]]

    def rules(self, file: Path) -> tuple[str, ...]:
        """The deny rules that ccguard added to a settings file."""
        return tuple(self._data["files"].get(str(file), {}).get("rules", ()))

    def untouched(self, file: Path, now: bytes | None) -> bool:
        """Whether a file is as ccguard left it."""
        entry = self._data["files"].get(str(file))
        return bool(entry) and now is not None and entry["after"] == _digest(now)

    def before(self, file: Path) -> bytes | None:
        """What a file was before ccguard came; None if it wasn't there."""
        kept = self._data["files"][str(file)]["before"]
        return None if kept is None else base64.b64decode(kept)

    def carry_out(self, edit: Edit) -> None:
        """Writes an edit, and first what it takes to undo it.

        Where somebody else has changed the file since, what it was is the file without ccguard's part.
        """
        before = self.before(edit.file) if self.untouched(edit.file, edit.before) else edit.cleaned
        self._data["files"][str(edit.file)] = {
            "before": None if before is None else base64.b64encode(before).decode("ascii"),
            "after": _digest(edit.after or b""),
            "rules": list(edit.rules),
        }
        self.save()
        self.add_folders(write(edit))

    def forget(self, file: Path) -> None:
        """Drops a file that was put back."""
        if self._data["files"].pop(str(file), None):
            self.save()

    def add_folders(self, folders: list[Path]) -> None:
        """Notes folders that were made."""
        self._add("folders", [str(folder) for folder in folders])

    def git_hooks(self) -> list[str]:
        """The git hooks that pre-commit put in because ccguard asked."""
        return list(self._data["git_hooks"])

    def add_git_hooks(self, hooks: list[str]) -> None:
        """Notes git hooks that pre-commit put in."""
        self._add("git_hooks", hooks)

    def users(self) -> list[str]:
        """Who uses the launcher: git directories of clones that are still there, and scopes."""
        return [user for user in self._data["users"] if "/" not in user or Path(user).is_dir()]

    def add_user(self, user: str) -> None:
        """Notes a user of the launcher."""
        self._add("users", [user])

    def drop_user(self, user: str) -> None:
        """Takes a user of the launcher out, and those that are gone."""
        self._data["users"] = [other for other in self.users() if other != user]

    def remove_made_folders(self) -> None:
        """Removes the folders that were made, those that are empty, innermost first."""
        for name in sorted(self._data["folders"], key=len, reverse=True):
            folder = Path(name)
            if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
                folder.rmdir()

    def save(self) -> None:
        """Writes the record, if it says anything new."""
        self._data["folders"] += [str(folder) for folder in make_folders(self.file.parent)]
        text = json.dumps(self._data, indent=1, sort_keys=True).encode() + b"\n"
        now = self.file.read_bytes() if self.file.is_file() else None
        if text != now:
            write(Edit(self.file, now, text))

    def _add(self, key: str, values: list[str]) -> None:
        new = [value for value in values if value not in self._data[key]]
        if new:
            self._data[key] += new
            self.save()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
