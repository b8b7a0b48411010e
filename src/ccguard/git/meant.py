"""Other paths that a path may mean: an address, or one through links that each process has of its own."""

from __future__ import annotations

from .places import NoPlace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_STREAMS = ("0", "1", "2")


def meant(text: str, passed: list[tuple[str, str]], folders: tuple[str, ...]) -> Iterator[str]:
    """The other paths, the likeliest last. Raises NoPlace where nobody can tell.

    `passed` are links of a process that the path goes through, each with what comes after it; `folders` are those that
    a process of the session may be in.
    """
    if text[:5].lower() == "file:":
        yield from _addressed(text)
    for link, rest in dict.fromkeys(passed):
        if link == "root":
            yield "/" + rest
        elif link == "cwd":
            yield from (f"{folder}/{rest}" for folder in folders if folder)
        elif rest and rest not in _STREAMS:
            raise NoPlace("a path leads through a file that a process has open, and which one can't be told")


def of_process(parts: list[str]) -> bool:
    """Whether a path is a link that each process has one of, or the folder of the files that it has open."""
    if parts[0] == "dev":
        return parts == ["dev", "fd"]
    return parts[0] == "proc" and len(parts) > 2 and (parts[1].isdigit() or parts[1] in ("self", "thread-self"))


def _addressed(text: str) -> Iterator[str]:
    """The paths that a `file:` address may mean, the one that the standard says last."""
    whole = text[5:]
    for rest in dict.fromkeys((whole, whole.partition("#")[0].partition("?")[0])):
        for path in dict.fromkeys((rest, _unescaped(rest))):
            if path.startswith("//"):
                yield path[2:]  # what a program takes that cuts off `file://`
                yield "/" + path[2:].partition("/")[2]  # without the host
            else:
                yield path


def _unescaped(text: str) -> str:
    """The text with each `%2f` as the byte that it stands for."""
    first, *rest = text.split("%")
    made = [first.encode("utf-8", "surrogatepass")]
    for piece in rest:
        code = piece[:2]
        if len(code) == 2 and code.isalnum() and code.strip("0123456789abcdefABCDEF") == "":
            made.append(bytes((int(code, 16),)) + piece[2:].encode("utf-8", "surrogatepass"))
        else:
            made.append(b"%" + piece.encode("utf-8", "surrogatepass"))
    return b"".join(made).decode("utf-8", "surrogateescape")
