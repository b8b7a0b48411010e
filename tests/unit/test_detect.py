"""Secrets in a text: what detect-secrets reports, and what it passes over. Every secret is made up as the test runs."""

from __future__ import annotations

import io
import logging
import random
import string
import subprocess
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout
from hashlib import blake2b
from pathlib import Path

import pytest

from ccguard.detect.engine import not_scanned, scan
from ccguard.model.error import CcguardError
from ccguard.model.finding import SecretHit
from ccguard.model.policy import Secrets

LETTERS = string.ascii_letters + string.digits
SETTINGS = Secrets(salt="5f1c0b6e")
WITH_BASE64 = Secrets(salt="5f1c0b6e", entropy_base64=4.5)
AWS, GITHUB, KEYWORD, HEX = "AWS Access Key", "GitHub Token", "Secret Keyword", "Hex High Entropy String"
VERIFICATION = "detect_secrets.filters.common.is_ignored_due_to_verification_policies"


def made_up(prefix: str, size: int, alphabet: str = LETTERS, seed: int = 0) -> str:
    chosen = random.Random(f"{prefix}{size}{alphabet}{seed}")
    return prefix + "".join(chosen.choice(alphabet) for _ in range(size))


def aws_key(seed: int = 0) -> str:
    return made_up("AK" + "IA", 16, string.ascii_uppercase + string.digits, seed)


def hex_string(seed: int = 0) -> str:
    return made_up("", 40, "0123456789abcdef", seed)


def password(seed: int = 0) -> str:
    return made_up("", 14, string.ascii_letters, seed)


def private_key(seed: int = 0) -> list[str]:
    body = [made_up("", 64, seed=seed * 10 + row) for row in range(4)]
    return ["-----BEGIN RSA " + "PRIVATE KEY-----", *body, "-----END RSA " + "PRIVATE KEY-----"]


def found(
    path: str, text: str, lines: set[int] | None = None, settings: Secrets = SETTINGS, honour_pragma: bool = False
) -> list[tuple[int, str, str]]:
    hits = scan(path, text, lines, settings, honour_pragma=honour_pragma)
    return [(hit.line, hit.type, hit.engine) for hit in hits]


def reference(folder: Path, path: str, text: str) -> list[tuple[int, str, str]]:
    """Line, type and hash of each finding of detect-secrets' own scan of the file, with all its plugins."""
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    (folder / path).write_bytes(text.encode())
    with default_settings():
        return [(one.line_number, one.type, one.secret_hash) for one in scan_file(path)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "secret_type"),
    [
        (f"id {aws_key()}", AWS),
        (f"token: {made_up('gh' + 'p_', 36)}", GITHUB),
        (f"url = https://bob:{password()}@example.org/", "Basic Auth Credentials"),
        (f"{made_up('sk_' + 'live_', 24)}", "Stripe Access Key"),
        (f"{made_up('glp' + 'at-', 20)}", "GitLab Token"),
        (private_key()[0], "Private Key"),
    ],
)
def test_a_token_of_a_known_shape_is_a_format(line: str, secret_type: str) -> None:
    hits = scan("notes.txt", f"first\n{line}\n", None, SETTINGS)
    assert [(hit.line, hit.type, hit.kind, hit.engine) for hit in hits] == [
        (2, secret_type, "format", "detect-secrets")
    ]


def test_keywords_and_hex_strings_are_keyword_findings() -> None:
    text = f'password = "{password()}"\nsum = "{hex_string()}"\n'
    hits = scan("a.py", text, None, SETTINGS)
    assert [(hit.line, hit.type, hit.kind) for hit in hits] == [(1, KEYWORD, "keyword"), (2, HEX, "keyword")]


def test_keyword_off_drops_keywords_and_hex_strings_and_no_format() -> None:
    text = f'password = "{password()}"\nsum = "{hex_string()}"\nid = "{aws_key()}"\n'
    assert found("a.py", text, settings=Secrets(keyword="off")) == [(3, AWS, "detect-secrets")]


def test_base64_strings_are_found_only_where_the_policy_sets_a_limit() -> None:
    text = f'x = "{made_up("", 60)}"\n'
    assert found("a.py", text) == []
    hits = scan("a.py", text, None, WITH_BASE64)
    assert [(hit.type, hit.kind) for hit in hits] == [("Base64 High Entropy String", "entropy")]
    assert scan("a.py", text, None, Secrets(entropy_base64=7.0)) == ()


def test_the_policy_sets_the_limit_for_hex_strings() -> None:
    text = 'x = "' + "ab" * 10 + '"\n'
    assert found("a.py", text) == []
    assert found("a.py", text, settings=Secrets(entropy_hex=0.5)) == [(1, HEX, "detect-secrets")]


def test_only_the_lines_asked_for_are_reported() -> None:
    text = f"{aws_key(1)}\nx\n{aws_key(2)}\n{aws_key(1)}\n"
    assert found("a.txt", text, {3, 4}) == [(3, AWS, "detect-secrets"), (4, AWS, "detect-secrets")]
    assert found("a.txt", text) == [(1, AWS, "detect-secrets"), (3, AWS, "detect-secrets")]
    assert found("a.txt", text, set()) == []
    assert found("a.txt", text, {2}) == []


def test_lines_count_as_git_counts_them_where_a_lone_carriage_return_ends_one() -> None:
    text = f"a\rb\rc\r\n{aws_key()}\r\nd\n"
    assert found("a.txt", text, {2}) == [(2, AWS, "detect-secrets")]
    assert found("a.txt", f"a\rb = {aws_key()}\nc\n", {1}) == [(1, AWS, "detect-secrets")]


def test_a_secret_has_one_digest_a_salt() -> None:
    text = f"x {aws_key()}\n"
    (one,) = scan("a.txt", text, None, Secrets(salt="abcd"))
    (elsewhere,) = scan("b.yml", f"k: {aws_key()}\n", None, Secrets(salt="abcd"))
    (other,) = scan("a.txt", text, None, Secrets(salt="abce"))
    assert one.digest == elsewhere.digest != other.digest
    assert one.digest == blake2b(aws_key().encode(), key=b"\xab\xcd").hexdigest()[:32]


@pytest.mark.parametrize("salt", ["", "no hex digits", "ab" * 100, "long text " * 20])
def test_any_text_can_be_a_salt(salt: str) -> None:
    (hit,) = scan("a.txt", aws_key(), None, Secrets(salt=salt))
    assert len(hit.digest) == 32
    assert int(hit.digest, 16) >= 0


def test_two_private_keys_have_two_digests_and_one_key_keeps_its_own_wherever_it_stands() -> None:
    def digest(path: str, lines: list[str]) -> str:
        (hit,) = scan(path, "\n".join(lines) + "\n", None, SETTINGS)
        return hit.digest

    plain = digest("id_rsa", private_key(1))
    assert plain == digest("a.yml", ["key: |", *(f"  {line}" for line in private_key(1))])
    assert plain != digest("id_rsa", private_key(2))


def test_private_keys_without_an_end_or_on_one_line_have_their_own_digests() -> None:
    def digests(lines: list[str]) -> set[str]:
        return {hit.digest for hit in scan("a.txt", "\n".join(lines), None, SETTINGS)}

    open_ended = [private_key(seed)[:-1] for seed in (1, 2)]
    assert len(digests(open_ended[0]) | digests(open_ended[1])) == 2
    assert digests([*open_ended[0], "", "Some text that follows it."]) == digests(open_ended[0])
    assert len(digests(["".join(private_key(1) + private_key(2))])) == 2


def test_a_line_far_below_words_about_private_keys_is_no_new_key() -> None:
    text = "\n".join(["if 'BEGIN RSA PRIVATE" + " KEY' in text:", "    return False", "x = 1", "y = 2"])
    assert found("a.py", text, {2, 3, 4}) == []


def test_a_new_body_under_an_old_header_is_a_new_private_key() -> None:
    text = "\n".join(["before", *private_key(), "after"])
    assert found("id_rsa", text, {4, 5}) == [(4, "Private Key", "detect-secrets")]
    assert found("id_rsa", text, {1}) == []
    assert found("id_rsa", text, {8}) == []


def test_a_file_that_detect_secrets_skips_by_name_is_searched_all_the_same() -> None:
    text = f'"sum": "{hex_string()}",\n"id": "{aws_key()}"\n'
    for path in ("package-lock.json", "poetry.lock", "api/swagger/a.py", "a.map", "a.svg"):
        assert found(path, text) == [(2, AWS, "ccguard")], path
        assert not_scanned(path, text) == ""


def test_hashes_in_the_baseline_of_detect_secrets_are_no_findings() -> None:
    text = f'"hashed_secret": "{hex_string()}"\n'
    assert found(".secrets.baseline", text) == []
    assert found("other.json", text) != []


@pytest.mark.parametrize(
    ("path", "lines", "line"),
    [
        ("a.yml", ["keys:", f"  - {aws_key()}", "x: y"], 2),
        ("a.yml", ["x: y", f"# {aws_key()}"], 2),
        ("a.ini", ["[DEFAULT]", "a = b", "[s]", f"id = {aws_key()}"], 4),
        ("a.py", [f'client = connect("{aws_key()}")'], 1),
    ],
    ids=["YAML list", "YAML comment", "ini after defaults", "call"],
)
def test_a_format_where_detect_secrets_does_not_look_is_found(path: str, lines: list[str], line: int) -> None:
    assert found(path, "\n".join(lines) + "\n", {line}) == [(line, AWS, "ccguard")]


@pytest.mark.parametrize(
    ("lines", "line", "secret_type"),
    [
        (["x: |", "  first", f"  {aws_key()}", "y: z"], 3, AWS),
        ([f"x: {{a: b, c: {aws_key()}, d: e}}"], 1, AWS),
        ([f"- {{name: a, user: b, password: {password()}}}", "- {name: c}", "- {name: d}"], 1, KEYWORD),
    ],
    ids=["block", "flow", "flow in a list"],
)
def test_a_secret_that_detect_secrets_reports_some_lines_off_is_on_the_line_that_holds_it(
    lines: list[str], line: int, secret_type: str
) -> None:
    text = "\n".join(lines) + "\n"
    assert found("a.yml", text, {line}) == [(line, secret_type, "detect-secrets")]


def test_the_secret_half_of_a_key_pair_is_found_beside_the_half_that_ends_detect_secrets_search() -> None:
    text = f"AWS_ACCESS_KEY_ID={aws_key()}\nAWS_SECRET_ACCESS_KEY={made_up('', 40)}\n"
    assert found(".env", text) == [(1, AWS, "detect-secrets"), (2, AWS, "ccguard")]
    assert found(".env", text, {2}) == [(2, AWS, "ccguard")]


def test_bytes_that_are_no_utf8_hide_nothing() -> None:
    text = (b"# caf\xe9\n" + f'password = "{password()}"\nx {aws_key()}\n'.encode()).decode("utf-8", "surrogateescape")
    assert found("a.py", text, {2, 3}) == [(2, KEYWORD, "ccguard"), (3, AWS, "ccguard")]
    assert not_scanned("a.py", text) == ""


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_text_of_wide_characters_is_read(encoding: str) -> None:
    text = f"x\n{aws_key()}\n".encode(encoding).decode("utf-8", "surrogateescape")
    assert found("a.reg", text, set()) == [(2, AWS, "ccguard")]
    assert not_scanned("a.reg", text) == ""


def test_a_password_in_wide_characters_is_found() -> None:
    text = f'# \u4e2d\npassword = "{password()}"\n'.encode("utf-16").decode("utf-8", "surrogateescape")
    assert found("a.py", text) == [(2, KEYWORD, "ccguard")]


def test_zero_bytes_in_text_hide_nothing_and_move_no_line() -> None:
    text = f'\0first\npassword = "{password()}"\n{aws_key(1)}\n\0{aws_key(2)}\n'
    assert found("a.py", text, {2, 4}) == [(2, KEYWORD, "detect-secrets"), (4, AWS, "detect-secrets")]
    assert not_scanned("a.py", text) == ""


def test_what_claims_to_be_wide_and_is_not_is_reported() -> None:
    noise = random.Random(1).randbytes(4000)
    for mark in (b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0"):
        assert "binary" in not_scanned("a.txt", (mark + noise).decode("utf-8", "surrogateescape"))


PICTURES = {
    "png": b"\x89PNG\r\n\x1a\n" + b"\0\xff\1" * 6 + b"IEND\xae\x42\x60\x82",
    "jpg": b"\xff\xd8\xff\xe0" + b"\0\xff\1" * 6 + b"\xff\xd9",
    "gif": b"GIF89a" + b"\0\xff\1" * 6 + b";",
    "webp": b"RIFF" + (22).to_bytes(4, "little") + b"WEBP" + b"\0\xff\1" * 6,
    "ico": b"\0\0\1\0\1\0" + bytes(8) + (8).to_bytes(4, "little") + (22).to_bytes(4, "little") + b"\0\xff\1\2" * 2,
    "woff": b"wOFF" + bytes(4) + (30).to_bytes(4, "big") + b"\0\xff\1" * 6,
    "woff2": b"wOF2" + bytes(4) + (30).to_bytes(4, "big") + b"\0\xff\1" * 6,
    "ttf": b"\0\1\0\0\0\1" + bytes(14) + (28).to_bytes(4, "big") + (8).to_bytes(4, "big") + b"\0\xff\1\2" * 2,
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_is_wholly_looked_at_and_one_with_something_behind_it_is_not(kind: str) -> None:
    assert not_scanned(f"a.{kind}", PICTURES[kind].decode("utf-8", "surrogateescape")) == ""
    longer = PICTURES[kind] + b"\0packed\xff"
    assert "binary" in not_scanned(f"a.{kind}", longer.decode("utf-8", "surrogateescape"))
    short = PICTURES[kind][:4] + b"\0\xff"
    assert "binary" in not_scanned(f"a.{kind}", short.decode("utf-8", "surrogateescape"))


def test_binary_content_is_reported_and_searched_for_formats() -> None:
    text = "\x00\x01\udcff\udc89\n" + f'{aws_key()}\npassword = "{password()}"\n'
    assert found("a.dat", text, set()) == [(2, AWS, "ccguard")]
    assert "binary" in not_scanned("a.dat", text)


def test_half_a_surrogate_pair_ends_no_search() -> None:
    assert found("a.py", f'password = "x\ud800{password()}"\n') == [(1, KEYWORD, "detect-secrets")]
    assert found("a.yml", f'password: "x\\ud800{password()}"\n') == [(1, KEYWORD, "detect-secrets")]


def pragmas(text: str, honour: bool) -> list[tuple[int, str, bool]]:
    return [(hit.line, hit.type, hit.allowlisted) for hit in scan("a.py", text, None, SETTINGS, honour_pragma=honour)]


def test_a_pragma_lowers_keywords_where_it_is_honoured_and_a_format_nowhere() -> None:
    pragma = "# pragma: allowlist" + " secret"
    text = f'password = "{password()}"  {pragma}\nid = "{aws_key()}"  {pragma}\npassword = "{password(1)}"\n'
    assert pragmas(text, honour=True) == [(1, KEYWORD, True), (2, AWS, False), (3, KEYWORD, False)]
    assert pragmas(text, honour=False) == [(1, KEYWORD, False), (2, AWS, False), (3, KEYWORD, False)]


def test_a_pragma_for_the_next_line_counts_for_that_line() -> None:
    text = "# pragma: allowlist nextline" + f' secret\npassword = "{password()}"\npassword = "{password(1)}"\n'
    assert pragmas(text, honour=True) == [(2, KEYWORD, True), (3, KEYWORD, False)]


def test_a_pragma_on_one_line_lowers_nothing_for_the_same_secret_on_another() -> None:
    text = f'password = "{password()}"  # pragma: allowlist' + f' secret\npassword = "{password()}"\n'
    assert pragmas(text, honour=True) == [(2, KEYWORD, False)]


SHAPES = (
    *(
        'k{n}: "{s}"',
        "password{n} = {s}",
        'secret{n} = "{s}"',
        "k{n}: {s}",
        "# {s}",
        "",
        "[s{n}]",
        "  {s}",
        "x = f({s})",
    ),
    *("k{n}: {{a: b, c: {s}, d: e}}", "k{n}: |\n  first\n  {s}\n  last", "l{n}:\n  - {s}\n  - password: {s}"),
    *("k{n} =\n  {s}\n  b", "api_key{n}: '{s}'", "user_id{n} = '{s}'", 'k{n}: "\\x41{s}"', "k{n}: &a {s}", "m{n}: *a"),
)


def generated(chosen: random.Random) -> str:
    """A text of lines that detect-secrets reads in different ways, all of one family or mixed."""
    shapes = chosen.choice([SHAPES, [s for s in SHAPES if ": " in s], [s for s in SHAPES if " = " in s]])
    pool = [aws_key(1), hex_string(1), password(1), made_up("", 40), "true", "${x}", f"http://u:{password(2)}@h", '"q"']
    pool += [aws_key(2), hex_string(2), f"{password(3)}  # comment", f"%(k0)s{password(4)}"]
    head = chosen.choice(["", "[top]\n", "---\n"])
    rows = [chosen.choice(shapes).format(n=n, s=chosen.choice(pool)) for n in range(chosen.randrange(1, 12))]
    return head + "\n".join(rows) + chosen.choice(["", "\n"])


@pytest.mark.parametrize(
    "path", ["a.py", "a.yml", "a.ini", ".env", "a.txt", "a.go", "a.toml", "a.json", "a.cs", "a.tf"]
)
def test_detect_secrets_own_findings_are_exactly_those_of_its_own_scan(path: str, folder: Path) -> None:
    chosen = random.Random(path)
    for _ in range(25):
        text = generated(chosen)
        expected = reference(folder, path, text)
        first: dict[tuple[str, str], int] = {}
        for line, secret_type, secret in expected:
            first.setdefault((secret_type, secret), line)
        own = [(line, kind) for line, kind, engine in found(path, text, settings=WITH_BASE64) if engine != "ccguard"]
        assert sorted(own) == sorted((line, secret_type) for (secret_type, _), line in first.items()), text

        added = {number for number in range(1, len(text.splitlines()) + 1) if chosen.random() < 0.4}
        there = {(line, secret_type) for line, secret_type, _ in expected if line in added}
        reported = {(line, kind) for line, kind, _ in found(path, text, added, WITH_BASE64)}
        assert {kind for _, kind in there} <= {kind for _, kind in reported}, text
        assert {line for line, _ in reported} <= added, text


@pytest.mark.parametrize(
    "text",
    [
        "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)),
        "a: &a\n  b: *a\n",
        "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 2000)),
        "[s]\na0 = x\n" + "".join(f"a{n} = {f'%(a{n - 1})s' * 50}\n" for n in range(1, 9)),
    ],
    ids=["YAML that doubles", "YAML that holds itself", "YAML without end of depth", "ini that doubles"],
)
def test_a_file_that_swells_is_searched_by_plain_lines_and_reported(text: str) -> None:
    key = f"key: {aws_key()}\n"
    assert found("a.yml", text + key) == [(text.count("\n") + 1, AWS, "detect-secrets")]
    assert "too much" in not_scanned("a.yml", text + key)


def test_many_percent_signs_in_what_is_no_ini_file_are_no_reason_to_give_up() -> None:
    assert not_scanned("a.py", 'print("%(a)s %(b)s" % {})\n' * 100) == ""


@pytest.mark.timeout(20)
def test_a_word_that_names_keywords_over_and_over_takes_no_minutes() -> None:
    assert KEYWORD in [kind for _, kind, _ in found("a.py", "password" * 4000 + f' = "{password()}"\n')]


def test_nothing_that_is_returned_printed_or_logged_holds_the_secret(caplog: pytest.LogCaptureFixture) -> None:
    secrets = [aws_key(), password(), hex_string(), private_key()[2]]
    text = f'id = "{secrets[0]}"\npassword = "{secrets[1]}"\nsum = "{secrets[2]}"\n' + "\n".join(private_key())
    printed = io.StringIO()
    with caplog.at_level(logging.DEBUG), redirect_stdout(printed), redirect_stderr(printed):
        hits = scan("a.py", text, None, SETTINGS)
    shown = f"{hits!r} {[hit.freeze() for hit in hits]} {printed.getvalue()} {caplog.text}"
    assert {type(hit) for hit in hits} == {SecretHit}
    assert len(hits) == 4
    assert not [secret for secret in secrets if secret[4:14] in shown]


def test_a_search_that_fails_says_so_and_shows_nothing() -> None:
    with pytest.raises(CcguardError) as raised:
        scan("a.py", f'x = "{hex_string()}"\n', None, Secrets(entropy_hex=9.0))
    told = "".join(traceback.format_exception(raised.value))
    assert "ValueError" in raised.value.why
    assert raised.value.__context__ is None
    assert hex_string() not in told


def python(program: str) -> str:
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return ran.stdout.strip()


def test_detect_secrets_is_imported_by_the_first_search_and_not_before() -> None:
    told = python("import sys, ccguard.detect.engine; print('detect_secrets' in sys.modules, 'yaml' in sys.modules)")
    assert told == "False False"


def test_no_secret_is_sent_anywhere_even_where_verification_is_switched_on() -> None:
    key = made_up("", 32, "0123456789abcdef") + "-us12"  # Mailchimp's plugin verifies by calling Mailchimp
    told = python(
        "import socket\n"
        "from detect_secrets.settings import get_settings\n"
        f"get_settings().filters[{VERIFICATION!r}] = {{'min_level': 2}}\n"
        "asked = []\n"
        "socket.getaddrinfo = lambda *host, **options: asked.append(host) or []\n"
        "from ccguard.detect.engine import scan\n"
        "from ccguard.model.policy import Secrets\n"
        f"print(len(scan('a.txt', {key!r}, None, Secrets())), asked)\n"
    )
    assert told == "1 []"
