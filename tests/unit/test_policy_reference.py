"""docs/policy.md says what the tables say, and its examples are policies."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccguard.policy.load import POLICY_FILE
from ccguard.policy.reference import filled_in
from ccguard.policy.validation import validated

PAGE = Path(__file__).parents[2] / "docs" / "policy.md"
TEXT = PAGE.read_text(encoding="utf-8")
_BLOCKS = [block.partition("\n```")[0] for block in TEXT.split("```toml\n")[1:]]


def test_what_follows_from_the_tables_is_up_to_date() -> None:
    assert filled_in(TEXT) == TEXT


@pytest.mark.parametrize("block", _BLOCKS, ids=lambda block: block.splitlines()[0])
def test_every_example_on_the_page_can_be_read(block: str) -> None:
    text = block if "version = 1" in block else f'version = 1\nclaude.mode = "open"\n{block}'
    assert validated({POLICY_FILE: text.encode()}.get, (POLICY_FILE,), "2026-11-01").mistakes == ()
