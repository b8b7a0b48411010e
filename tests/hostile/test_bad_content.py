"""Contents and messages that are huge, binary, elsewhere or gone: scanned in time, or said not to be scanned."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

import pytest

from .ground import CLAUDE_TRAILER, SESSION, Ended, Ground

_MEGABYTE = 1 << 20
_SECONDS = 20  # far more than it takes; what grows with the square takes minutes


def _token() -> str:
    """Something that looks like a token of a well-known format, made anew each time."""
    return "gh" + "p_" + "".join(random.choices(string.ascii_letters + string.digits, k=36))


def _added(ground: Ground, name: str, content: bytes | str) -> Ended:
    """How a check of one new file ends."""
    ground.repo.write(name, content)
    ground.repo.git("add", "--all")
    return ground.ccguard("check", "--format", "json", seconds=_SECONDS)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            bytes(range(256)) * 20,
            "its content is binary: only readable parts were searched, and for token formats alone",
        ),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12\n",
            "a Git LFS pointer: its content is stored elsewhere",
        ),
        (b"x" * 10_000_001, "larger than 10 MB"),
    ],
    ids=["bytes", "lfs pointer", "ten megabytes"],
)
def test_what_is_not_scanned_is_said_with_the_reason(content: bytes, reason: str, ground: Ground) -> None:
    done = _added(ground, "new.bin", content)
    (finding,) = done.report()["findings"]
    assert (done.code, finding["rule"], finding["path"]) == (0, "not-scanned", "new.bin")
    assert finding["why"] == reason


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no newline at the end",
        b"a\rb\rc\r",
        b"caf\xe9\n",
        b"\x0c\x0b\x1c\x85\n",
        b"text\0with one zero byte\n",
        "text\n".encode("utf-16"),
    ],
    ids=repr,
)
def test_text_of_every_kind_is_text(content: bytes, ground: Ground) -> None:
    done = _added(ground, "new.txt", content)
    assert (done.code, done.report()["findings"]) == (0, [])


def test_a_submodule_is_said_not_to_be_scanned(ground: Ground) -> None:
    ground.repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
    (ground.path / "module").mkdir()
    for words in (("check",), ("check", "--all")):
        done = ground.ccguard(*words, "--format", "json")
        assert (done.code, done.rules()) == (0, [("not-scanned", "module")])


def test_a_blob_that_is_gone_is_said_not_to_be_scanned(ground: Ground) -> None:
    ground.repo.write("new.txt", "new\n")
    ground.repo.commit("Add")
    blob = ground.repo.git("rev-parse", "HEAD:new.txt")
    (ground.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    done = ground.ccguard("check", "--range", "HEAD^..HEAD", "--format", "json")
    assert done.rules() == [("not-scanned", "new.txt")]


# -- two megabytes ----------------------------------------------------------------------------------------------------

# On one line, as minified files have it: what a pattern tries anew from every place takes minutes there.
ONE_LINE: dict[str, str] = {
    "letters": "a" * 2 * _MEGABYTE,
    "addresses": '{"url":"https://example.com/a/b"},' * (_MEGABYTE // 16),
    "slashes": "://" * (2 * _MEGABYTE // 3),
    "quotes": "'" * 2 * _MEGABYTE,
    "pairs": "a:b@" * (_MEGABYTE // 2),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ONE_LINE)
def test_a_line_of_two_megabytes_is_scanned_in_time(name: str, ground: Ground) -> None:
    done = _added(ground, "min.js", ONE_LINE[name] + "\n")
    assert (done.code, done.report()["findings"]) == (0, [])


def test_a_token_is_found_behind_many_addresses_on_a_line(ground: Ground) -> None:
    done = _added(ground, "min.json", '{"url":"https://example.com/a/b"},' * 3_000 + f'{{"t":"{_token()}"}}\n')
    assert (done.code, done.rules()) == (1, [("secret-in-content", "min.json")])
    done = _added(ground, ".npmrc", "//registry.example.com/:_auth" + f"Token=npm_{'a1' * 18}\n")
    assert ("secret-in-content", ".npmrc") in done.rules()


@pytest.mark.slow
def test_a_token_at_the_end_of_two_megabytes_is_found_and_not_shown(ground: Ground) -> None:
    token = _token()
    done = _added(ground, "large.txt", ("word " * 400 + "\n") * 1_000 + token + "\n")
    (finding,) = done.report()["findings"]
    assert (done.code, finding["rule"], finding["line"]) == (1, "secret-in-content", 1_001)
    assert token not in done.out + done.err


# -- messages ---------------------------------------------------------------------------------------------------------

_END = f"\n\n{CLAUDE_TRAILER}\n".encode()
MESSAGES: dict[str, bytes] = {
    "zero byte": b"x\0y" + _END,
    "bytes": bytes(range(256)) + _END,
    "latin-1": b"caf\xe9" + _END,
    "carriage returns": b"x\r\n\r\n" + CLAUDE_TRAILER.encode() + b"\r\n",
    "two megabytes on a line": b"x" * 2 * _MEGABYTE + _END,
    "two megabytes of lines": b"a line of text\n" * 140_000 + _END,
    "two megabytes of brackets": b"<" * 2 * _MEGABYTE + _END,
    "two megabytes of empty lines": b"\n" * 2 * _MEGABYTE + _END,
    "two megabytes of trailers": b"x\n\n" + b"Key: value\n" * 190_000 + CLAUDE_TRAILER.encode() + b"\n",
    "a folded line of a million pieces": b"x\n\nKey: value\n" + b" more\n" * 1_000_000 + _END,
}


def _staged_in_a_zone(ground: Ground) -> None:
    ground.repo.write("secrets/new.txt", "x\n")
    ground.repo.git("add", "--all")


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow) if len(MESSAGES[name]) > _MEGABYTE else name for name in MESSAGES],
)
def test_claude_s_trailer_is_found_in_every_message(name: str, ground: Ground) -> None:
    _staged_in_a_zone(ground)
    file = ground.folder / "message"
    file.write_bytes(MESSAGES[name])
    done = ground.ccguard("commit-message", "check", str(file), seconds=_SECONDS)
    assert done.code == 1 and "may not touch secrets/new.txt" in done.out


def test_an_empty_message_says_nothing_of_claude(ground: Ground) -> None:
    _staged_in_a_zone(ground)
    (ground.folder / "message").touch()
    done = ground.ccguard("commit-message", "check", str(ground.folder / "message"))
    assert (done.code, done.out, done.err) == (0, "", "")


HEADERS: dict[str, tuple[Callable[[], bytes], int]] = {
    "no author": (lambda: b"committer a <a@acme.example> 1 +0000", 0),
    "author of bytes": (lambda: b"author \xff\xfe<<>> x\ncommitter", 0),
    "author of a megabyte": (lambda: b"author " + b"a" * _MEGABYTE + b" <a@acme.example> 1 +0000\ncommitter x", 0),
    "claude between brackets": (lambda: b"author x <<noreply@anthropic.com>> 1 +0000\ncommitter x", 1),
    "encoding of tomorrow": (lambda: b"author x <noreply@anthropic.com> 1 +0000\ncommitter x\nencoding klingon", 1),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_commit_with_odd_headers_is_judged(name: str, ground: Ground) -> None:
    base = ground.repo.head()
    ground.repo.write("secrets/new.txt", "x\n")
    ground.repo.commit("Add")
    headers, expected = HEADERS[name]
    tree = ground.repo.git("rev-parse", "HEAD^{tree}")
    content = f"tree {tree}\nparent {base}\n".encode() + headers() + b"\n\nAdd\n"
    commit = ground.repo.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", input=content)
    done = ground.ccguard("check", "--range", f"{base}..{commit}", "--format", "json")
    assert done.code == expected, done


def test_a_session_s_commit_is_claude_s_whatever_its_message(ground: Ground) -> None:
    _staged_in_a_zone(ground)
    (ground.folder / "message").write_bytes(b"\xff\0")
    done = ground.ccguard("commit-message", "check", str(ground.folder / "message"), env=SESSION)
    assert done.code == 1 and "may not touch secrets/new.txt" in done.out
