"""The `glob` of a search, as the client hands it to ripgrep: which files it leaves in."""

from __future__ import annotations

from ..model.paths import PathSet
from ..policy.patterns import compile_patterns

# More alternatives than a person writes: what has more is taken to open everything.
_MOST = 64


class _NotUnderstood(Exception):
    """A glob of which nobody can say here what it means."""


class Globs:
    """All globs of one search. What can't be told counts as opened."""

    def __init__(self, text: str, prefixes: tuple[str, ...]) -> None:
        """`prefixes` are names of the searched folder, from where else a glob may count than from that folder."""
        self._prefixes = prefixes
        self._globs: list[tuple[bool, PathSet]] = []
        self.given = bool(text)
        self.strange = False  # nobody can tell what it means
        try:
            for part in text.split():
                self._globs.extend(_read(part))
        except (_NotUnderstood, ValueError):
            self._globs, self.strange = [], True

    def open(self, path: str) -> bool:
        """Whether the search opens a file, given relative to the searched folder. As in ripgrep, the last glob wins.

        A glob that opens does so however it may be meant; one that leaves out has to mean it in every way.
        """
        full = [path, *(f"{prefix}/{path}" for prefix in self._prefixes)]
        found = not any(opens for opens, _ in self._globs)
        for opens, matcher in self._globs:
            if opens and any(matcher.covers(name) for name in (*full, path.rpartition("/")[2])):
                found = True
            elif not opens and all(matcher.covers(name) for name in full):
                found = False
        return found

    def enter(self, path: str) -> bool:
        """Whether the search looks into a folder even if git ignores it: a glob covers it, the folder itself."""
        full = (path, *(f"{prefix}/{path}" for prefix in self._prefixes))
        return self.strange or any(
            opens and matcher.covers(one, folder=True) for opens, matcher in self._globs for one in full
        )


def _read(part: str) -> list[tuple[bool, PathSet]]:
    """The globs of a part without white space: the client splits it at commas, unless it holds braces."""
    pieces = [piece for piece in _split(part) if piece]
    if "{" in part and pieces != [part]:
        if any(piece.startswith("!") for piece in pieces):
            raise _NotUnderstood
        pieces.append(part)
    return [_compiled(piece) for piece in pieces]


def _compiled(piece: str) -> tuple[bool, PathSet]:
    opens, glob = not piece.startswith("!"), piece.removeprefix("!")
    alternatives = expanded(glob)
    if any(not one or one[0] in "!#" for one in alternatives):
        raise _NotUnderstood
    return opens, compile_patterns(alternatives)


def expanded(glob: str) -> list[str]:
    """The globs that one with braces stands for: `*.{js,ts}` is `*.js` and `*.ts`. Raises ValueError."""
    found, waiting = [], [glob]
    while waiting:
        one = waiting.pop()
        end = one.find("}")
        start = one.rfind("{", 0, end if end >= 0 else None)
        if start < 0 and end < 0:
            found.append(one)
        elif start < 0 or end < 0 or "[" in one or "\\" in one:
            raise ValueError("braces without a beginning or an end, or whose meaning other characters may change")
        else:
            waiting.extend(one[:start] + choice + one[end + 1 :] for choice in one[start + 1 : end].split(","))
        if len(found) + len(waiting) > _MOST:
            raise ValueError("more alternatives than anybody writes")
    return found


def _split(part: str) -> list[str]:
    """The text cut at commas that stand outside of braces."""
    pieces, depth = [""], 0
    for character in part:
        depth += (character == "{") - (character == "}")
        if character == "," and depth <= 0:
            pieces.append("")
        else:
            pieces[-1] += character
    return pieces
