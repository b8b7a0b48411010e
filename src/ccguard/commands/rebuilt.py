"""The hook's one slow way: a policy that is read anew, with TOML, git and all that they import.

`commands.hook` looks at whether this module is loaded: a call that comes this way gets a longer deadline.
"""

from __future__ import annotations

import sys

from .guarded import package_folders

try:
    import posix as system
except ImportError:  # native Windows
    import nt as system  # type: ignore[no-redef]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..git.places import Repository
    from ..model.policy import Policy


def rebuilt(
    repository: Repository, seen: str, frozen_file: str, made_of: Callable[[], tuple[Any, ...]]
) -> Policy | None:
    """The policy read anew, and frozen for the next call; see `effective.session_policy`."""
    # A module that prints while it is imported must not be able to spoil the answer on stdout.
    kept = system.dup(1)
    system.dup2(2, 1)
    try:
        if sys.flags.no_site:
            # Not by way of `site`: it runs the code in .pth files, which anything that is installed may bring along.
            sys.path.extend(folder for folder in package_folders() if folder not in sys.path)
        from .effective import session_policy

        return session_policy(repository, seen, frozen_file, made_of)
    finally:
        system.dup2(kept, 1)
        system.close(kept)
