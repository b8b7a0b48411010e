"""A policy file's text, read: every mistake at once, each with its place."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from policy_samples import SMALLEST, layer

from ccguard.policy.mistakes import PolicyMistakes
from ccguard.policy.parse import MOST_BYTES, parse, read

CASES = Path(__file__).parents[1] / "cases" / "policy" / "mistakes"


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_every_mistake_is_listed_with_its_place(case: Path) -> None:
    with pytest.raises(PolicyMistakes) as caught:
        parse((case / "policy.toml").read_bytes(), "policy.toml")
    assert f"{caught.value}\n" == (case / "mistakes.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            b"\xef\xbb\xbfversion = 1\n",
            "p.toml:1:1: the file begins with a byte order mark; expected UTF-8 without one",
        ),
        (b"version = 1\n\0", "p.toml:2:1: the file holds a zero byte; expected plain text"),
        (b"version = 1\n# \xe9\xff\n", "p.toml:2:3: the file is not UTF-8 from here on; expected UTF-8"),
        ("version = 1\n".encode("utf-16"), "p.toml:1:1: the file is not UTF-8 from here on; expected UTF-8"),
        (b"#" * (MOST_BYTES + 1), "p.toml: the file has 1,048,577 bytes or more; expected 1,048,576 bytes at most"),
        (b"a = " + b"[" * 5000, "p.toml: lists or tables are nested too deeply; expected a policy file"),
        (b"version = 1\na = " + b"9" * 5000, "p.toml: a number is too long; expected a policy file"),
        (b"", "p.toml:1:1: version: is missing; expected version = 1"),
    ],
    ids=["bom", "zero byte", "latin-1", "utf-16", "size", "depth", "digits", "empty"],
)
def test_what_is_no_policy_text_is_refused_whole(text: bytes, expected: str) -> None:
    with pytest.raises(PolicyMistakes) as caught:
        parse(text, "p.toml")
    assert str(caught.value).splitlines()[0] == expected


def test_a_file_of_the_greatest_size_is_read() -> None:
    text = SMALLEST.encode()
    assert parse(text + b"#" * (MOST_BYTES - len(text)), "p.toml").values["claude", "mode"].value == "supervised"


def test_two_thousand_patterns_are_read_and_one_more_is_not() -> None:
    def zones(*counts: int) -> str:
        lines = ["version = 1"]
        for zone, count in enumerate(counts):
            paths = ", ".join(f'"d{number}/"' for number in range(count))
            lines += [f'zones.z{zone}.access = "read"', f"zones.z{zone}.paths = [{paths}]"]
        return "\n".join(lines)

    assert len(layer(zones(1000, 1000)).values) > 4
    with pytest.raises(PolicyMistakes, match="here the file passes 2,000 patterns") as caught:
        layer(zones(1000, 1001, 5))
    assert len(caught.value.mistakes) == 1


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"k{number} = 1\n" for number in range(90_000)),
        "claude.environments.allowed = [" + '"enterprize",' * 80_000 + "]",
        "[[waivers]]\n" * 80_000,
        "zones.credentials.except = [" + "{x=1}," * 150_000 + "]",
        "zones.a.paths = [" + '"p/",' * 90_000 + "]",
        "a." * 100_000 + "a = 1",
    ],
    ids=["keys", "words", "waivers", "exceptions", "patterns", "parts"],
)
def test_a_file_that_is_made_to_be_wrong_is_refused_in_seconds(text: str) -> None:
    started = time.process_time()
    with pytest.raises(PolicyMistakes) as caught:
        layer(f"version = 1\n{text}")
    assert len(caught.value.mistakes) <= 1_001
    assert time.process_time() - started < 20


def test_an_error_says_what_where_why_fix_and_whom_to_ask() -> None:
    with pytest.raises(PolicyMistakes) as caught:
        layer("version = 2\nmode = 3\n")
    error = caught.value
    assert error.exit_code == 3
    assert error.where == ".claude-policy.toml:1:11"
    assert str(error).splitlines() == [line.strip() for line in error.message.splitlines()[1:]]
    assert all((error.why, error.fix, error.ask))


def test_a_layer_names_what_the_file_names_and_nothing_else() -> None:
    found = layer('version = 1\n\n[guard]\nwaiver_days = 30\nhistory_rewrite = "off"\n')
    assert {path: (named.value, named.origin) for path, named in found.values.items()} == {
        ("version",): (1, ".claude-policy.toml:1"),
        ("guard", "waiver_days"): (30, ".claude-policy.toml:4"),
        ("guard", "history_rewrite"): ("off", ".claude-policy.toml:5"),
    }


def test_windows_line_ends_are_read() -> None:
    assert parse(SMALLEST.replace("\n", "\r\n").encode(), "p.toml").values["claude", "mode"].origin == "p.toml:3"


def test_an_integer_is_a_limit_too() -> None:
    found = layer(f"{SMALLEST}[secrets]\nentropy = {{ base64 = 4 }}\n")
    assert found.values["secrets", "entropy"].value == (4.0, None)


_WAIVER = {
    "rule": '"off-limits-path"',
    "paths": '["db/x.py"]',
    "reason": '"backfill"',
    "approved_by": '"lead@acme.example"',
    "expires": "2026-12-31",
}


def _waiver(**changed: str) -> str:
    fields = {**_WAIVER, **changed}
    return f"{SMALLEST}[[waivers]]\n" + "".join(f"{name} = {value}\n" for name, value in fields.items() if value)


def test_a_waiver_is_read() -> None:
    (waiver,) = layer(_waiver()).waivers
    assert (waiver.rule, waiver.expires, waiver.origin) == ("off-limits-path", "2026-12-31", ".claude-policy.toml:4")
    assert waiver.matcher.covers("db/x.py")


def test_a_waiver_of_one_secret_is_read() -> None:
    (waiver,) = layer(_waiver(paths="", digest=f'"{"0a" * 16}"', rule='"secret-in-content"')).waivers
    assert waiver.digest == "0a" * 16


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"rule": '"off-limit-path"'}, '"off-limit-path" is no rule'),
        ({"rule": '"guard-tampering"'}, "guard-tampering can't be waived"),
        ({"rule": '"claude-forbidden"'}, "claude-forbidden can't be waived"),
        ({"rule": ""}, "has no rule"),
        ({"paths": ""}, "needs either paths or a digest"),
        ({"digest": f'"{"0a" * 16}"'}, "needs either paths or a digest"),
        ({"digest": '"0A"', "paths": ""}, '"0A" is no digest'),
        ({"paths": '["../x"]'}, "can match no path"),
        ({"reason": '" "'}, "gives no reason"),
        ({"approved_by": '"lead"'}, '"lead" names nobody'),
        ({"approved_by": '"CODEOWNERS"'}, '"CODEOWNERS" names nobody'),
        ({"expires": '"2026-12-31"'}, "is a text, not a date"),
        ({"expires": ""}, "has no expires"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_malformed_waiver_waives_nothing_and_the_rest_of_the_policy_holds(
    changed: dict[str, str], message: str
) -> None:
    found = layer(_waiver(**changed))
    assert found.waivers == ()
    assert message in found.notes[0].message
    assert found.notes[0].rule == "waiver-invalid"
    assert found.values["claude", "mode"].value == "supervised"


def test_a_layer_that_extends_another_may_leave_things_open_to_it() -> None:
    text = 'version = 1\nextends = ["org.toml"]\n[zones.a]\npaths = ["a"]\ndata = "defined-there"\n'
    assert layer(text).extends == ("org.toml",)


def test_patterns_of_a_policy_in_a_folder_are_patterns_of_the_folder() -> None:
    text = b'version = 1\n[zones.a]\naccess = "none"\npaths = ["x", "!y/", "/z", "q/r/", "a b*"]\n'
    found, mistakes = read(text, "se*t/.claude-policy.toml", "se*t")
    assert mistakes == ()
    assert found.values["zones", "a", "paths"].value == (
        "/se\\*t/**/x",
        "!/se\\*t/**/y/",
        "/se\\*t/z",
        "/se\\*t/q/r/",
        "/se\\*t/**/a b*",
    )
