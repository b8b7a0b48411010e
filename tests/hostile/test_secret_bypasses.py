"""Ways to carry a secret past the check of a commit: odd encodings, stray bytes, borrowed waivers, swapped bodies."""

from __future__ import annotations

import random
import string
import struct
import zlib
from datetime import date, timedelta
from typing import Any

import pytest

from .ground import POLICY, POLICY_FILE, Ground

LETTERS = string.ascii_letters + string.digits
PNG = b"\x89PNG\r\n\x1a\n"


def _token(prefix: str = "gh" + "p_", size: int = 36) -> str:
    """Something that looks like a token of a well-known format, made anew each time."""
    return prefix + "".join(random.choices(LETTERS, k=size))


def _staged(ground: Ground, name: str, content: bytes | str) -> list[dict[str, Any]]:
    """The findings of a check of the index with this file in it."""
    ground.repo.write(name, content)
    ground.repo.git("add", "--all")
    done = ground.ccguard("check", "--staged", "--format", "json")
    findings = done.report()["findings"]
    assert done.code == (1 if any(one["level"] == "block" for one in findings) else 0), done
    assert isinstance(findings, list)
    return findings


def _places(findings: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    return sorted((one["rule"], one["path"], one["line"] or 0) for one in findings)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(note: bytes = b"") -> bytes:
    """A real picture, with a comment if there is a note."""
    rows = b"".join(b"\0" + random.randbytes(48) for _ in range(16))
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0))
    text = _chunk(b"tEXt", b"Comment\0" + note) if note else b""
    return PNG + head + text + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _private_key() -> list[str]:
    body = [_token("", 64) for _ in range(4)]
    return ["-----BEGIN RSA " + "PRIVATE KEY-----", *body, "-----END RSA " + "PRIVATE KEY-----"]


# -- waivers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["gh" + "p_", "glp" + "at-"])
def test_a_waiver_of_one_token_waives_no_other_of_its_kind(prefix: str, ground: Ground) -> None:
    old, new = _token(prefix), _token(prefix)
    (finding,) = _staged(ground, "old.txt", f"{old}\n")
    digest = finding["fix"].rpartition("digest ")[2]
    waiver = f'[[waivers]]\nrule = "secret-in-content"\ndigest = {digest}\nreason = "Revoked in January."\n'
    signed = f'approved_by = "@acme/security"\nexpires = {date.today() + timedelta(days=30)}\n'
    ground.repo.write(POLICY_FILE, f'{POLICY}[guard]\napprovers = ["@acme/security"]\n{waiver}{signed}')
    ground.repo.git("add", "--all")
    ground.repo.commit("Waive")
    found = _staged(ground, "new.txt", f"{new} {old}\n")
    secrets = [one for one in found if one["rule"] == "secret-in-content"]
    assert digest not in str([one["fix"] for one in secrets if one["level"] == "block"])
    assert [one["path"] for one in secrets if one["level"] == "block"] == ["new.txt"]


# -- encodings and stray bytes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_a_token_in_wide_characters_is_found_on_its_line(encoding: str, ground: Ground) -> None:
    content = f"one\ntwo\n{_token()}\nlast\n".encode(encoding)
    assert _places(_staged(ground, "a.reg", content)) == [("secret-in-content", "a.reg", 3)]


def test_text_in_wide_characters_without_a_secret_is_fine(ground: Ground) -> None:
    for encoding in ("utf-16", "utf-32", "utf-16-be"):
        assert _staged(ground, f"{encoding}.txt", "one\ntwo\n".encode(encoding)) == []


@pytest.mark.parametrize(
    "content",
    [b"one\0\n%s\n", b"\0\n%s\n", b"one\n%s\n\0", b"one\n\0%s\0\n"],
    ids=["before", "first", "last", "beside"],
)
def test_a_single_zero_byte_hides_no_token(content: bytes, ground: Ground) -> None:
    assert _places(_staged(ground, "a.txt", content % _token().encode())) == [("secret-in-content", "a.txt", 2)]


def test_a_single_zero_byte_hides_no_password(ground: Ground) -> None:
    found = _staged(ground, "a.py", b'# \0\npassword = "%s"\n' % _token("", 14).encode())
    assert [(one["rule"], one["line"]) for one in found] == [("secret-in-content", 2)]


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda token: b"\xff\xfe" + token + b"\0\n",
        lambda token: b"\xff\xfeA" + token.decode().encode("utf-16-le"),
        lambda token: b"\xff\xfe\0\0" + token + b"\n",
        lambda token: ("some words " * 99).encode() + token.decode().encode("utf-16-le") + b"\n",
        lambda token: ("some words " * 99).encode("utf-16-le") + token + b"\n",
        lambda token: random.randbytes(999) + b"\0\xff" + token.decode().encode("utf-16-be") + b"\0\xff",
        lambda token: random.randbytes(999) + b"\0\xff" + token.decode().encode("utf-32-be") + b"\0\xff",
        lambda token: PNG + token.decode().encode("utf-16-le"),
    ],
    ids=["mark", "odd", "wide mark", "wide in plain", "plain in wide", "bytes 16", "bytes 32", "image"],
)
def test_a_mark_or_a_shift_that_lies_about_the_encoding_hides_no_token(wrapped: Any, ground: Ground) -> None:
    found = _staged(ground, "a.txt", wrapped(_token().encode()))
    assert "secret-in-content" in [one["rule"] for one in found]


def test_a_token_in_a_pointer_to_large_storage_is_found(ground: Ground) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 1\nx {_token()}\n"
    found = _places(_staged(ground, "a.bin", pointer))
    assert found == [("not-scanned", "a.bin", 0), ("secret-in-content", "a.bin", 4)]


# -- binary files -----------------------------------------------------------------------------------------------------


def test_a_token_in_a_binary_is_found_and_the_rest_said_not_to_be_scanned(ground: Ground) -> None:
    content = b"\x7fELF\0\xff\xfe" + bytes(range(128, 256)) * 9 + b"\0" + _token().encode() + b"\0\xff\0"
    found = _staged(ground, "tool", content)
    assert [rule for rule, _, _ in _places(found)] == ["not-scanned", "secret-in-content"]


def test_an_edit_of_a_binary_adds_all_that_is_in_it(ground: Ground) -> None:
    content = b"\0\xff\n" + _token().encode() + b"\nend"
    ground.repo.write("data", content)
    ground.repo.commit("Add")
    found = _staged(ground, "data", content.removesuffix(b"\nend"))
    assert _places(found) == [("not-scanned", "data", 0), ("secret-in-content", "data", 2)]


def test_a_picture_is_no_reason_to_warn_and_its_comment_is_searched(ground: Ground) -> None:
    assert _staged(ground, "logo.png", _png()) == []
    found = _staged(ground, "logo.png", _png(_token().encode()))
    assert [one["rule"] for one in found] == ["secret-in-content"]


@pytest.mark.parametrize(
    "content",
    [
        _png() + b"PK\3\4\0\0" + random.randbytes(200),
        PNG + b"\0\xff password = 'something'\n" * 20 + _chunk(b"IEND", b""),
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nstream x endstream\n",
        b"PK\3\4\0\0" + random.randbytes(200),
        b"\x28\xb5\x2f\xfd" + b"\xaa" * 50,
        b"\0\xff\1\xfe\2" * 100,
    ],
    ids=["archive in a picture", "text in a picture", "PDF", "ZIP", "zstd", "unknown"],
)
def test_what_could_hold_text_that_nobody_looked_at_is_said(content: bytes, ground: Ground) -> None:
    assert _places(_staged(ground, "a.bin", content)) == [("not-scanned", "a.bin", 0)]


# -- private keys -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["id_rsa", "a.txt", "a.py"])
@pytest.mark.parametrize("ended", [True, False], ids=["ended", "without an end"])
def test_a_new_body_under_the_header_of_an_old_key_is_a_new_key(name: str, ended: bool, ground: Ground) -> None:
    old, new = _private_key(), _private_key()
    last = None if ended else -1
    ground.repo.write(name, "\n".join(old[:last]) + "\n")
    ground.repo.commit("Add")
    found = _staged(ground, name, "\n".join([old[0], *new[1:last]]) + "\n")
    assert _places(found) == [("secret-in-content", name, 2)]


def test_a_new_body_in_yaml_is_a_new_key(ground: Ground) -> None:
    old, new = _private_key(), _private_key()
    ground.repo.write("a.yml", "key: |\n" + "".join(f"  {line}\n" for line in old))
    ground.repo.commit("Add")
    changed = [*old[:2], new[2], *old[3:]]
    found = _staged(ground, "a.yml", "key: |\n" + "".join(f"  {line}\n" for line in changed))
    assert _places(found) == [("secret-in-content", "a.yml", 4)]
