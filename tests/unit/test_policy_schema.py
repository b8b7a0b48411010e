"""The JSON Schema that editors check a policy with."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
import tomli
from jsonschema import Draft202012Validator
from policy_samples import OTHERS, PAIRS, SMALLEST, with_value

from ccguard.policy.keys import KEYS
from ccguard.policy.schema import schema, text

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases" / "policy"

# What no schema can see: places in other tables, the form of a value that TOML knows and JSON doesn't, whole patterns.
UNSEEN = {
    "class-that-nobody-defines",
    "control-character",
    "date-in-quotes",
    "example-with-an-open-quote",
    "name-of-a-zone",
    "rule-that-holds-unless-open",
    "supervised-without-review",
    "too-many-stars",
}


def _plain(value: Any) -> Any:
    """A TOML document as editors give it to a schema: dates as texts."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def _objections(policy: str) -> list[str]:
    return [error.message for error in Draft202012Validator(schema()).iter_errors(_plain(tomli.loads(policy)))]


def _documents() -> list[Path]:
    """The cases that are TOML at all."""
    found = []
    for case in sorted((CASES / "mistakes").iterdir()):
        try:
            tomli.loads((case / "policy.toml").read_text(encoding="utf-8"))
        except tomli.TOMLDecodeError:
            continue
        found.append(case)
    return found


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_the_committed_copy_is_the_same_to_the_byte() -> None:
    assert (ROOT / "schema" / "claude-policy.schema.json").read_text(encoding="utf-8") == text()
    assert json.loads(text()) == schema()


def test_the_complete_example_fits() -> None:
    assert _objections((CASES / "complete" / ".claude-policy.toml").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("key", sorted({**PAIRS, **OTHERS}))
def test_every_key_fits_with_each_of_its_values(key: str) -> None:
    for value in {**PAIRS, **OTHERS}[key]:
        assert _objections(with_value(key, value)) == []


@pytest.mark.parametrize("case", _documents(), ids=lambda case: case.name)
def test_a_mistake_that_a_schema_can_see_does_not_fit(case: Path) -> None:
    objections = _objections((case / "policy.toml").read_text(encoding="utf-8"))
    assert bool(objections) is (case.name not in UNSEEN)


@pytest.mark.parametrize(
    "line",
    [
        '[rules]\nno-verify = "warn"',
        '[data.secrets]\nuse = "ask"',
        "[zones.a]\nexcept = []",
        "[[examples]]\ndo = 'read x'",
    ],
)
def test_what_no_policy_may_say_does_not_fit(line: str) -> None:
    assert _objections(SMALLEST + line)


def test_every_key_says_in_one_sentence_what_it_does() -> None:
    for key in KEYS:
        assert key.meaning.endswith("."), key.name
        assert ". " not in key.meaning, key.name
