"""What a mask shows of a secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ccguard.secrets.mask import BANDS, PREFIXES, masked

EVERY_MASK = {f"{prefix}**** ({words} characters)" for prefix in ("", *PREFIXES) for _, words in BANDS}


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("", "**** (under 16 characters)"),
        ("AKIA" + "B" * 11, "**** (under 16 characters)"),
        ("AKIA" + "B" * 12, "AKIA**** (16 to 31 characters)"),
        ("ghp_" + "b" * 36, "ghp_**** (32 to 63 characters)"),
        ("correct horse battery staple", "**** (16 to 31 characters)"),
        ("x" * 64, "**** (64 or more characters)"),
        ("\x1b[31m" + "b" * 20, "**** (16 to 31 characters)"),
    ],
)
def test_a_mask_shows_a_public_prefix_and_a_band_of_lengths(secret: str, shown: str) -> None:
    assert masked(secret) == shown


@given(
    some.text(max_size=80) | some.builds(lambda prefix, rest: prefix + rest, some.sampled_from(PREFIXES), some.text())
)
def test_a_mask_is_one_of_a_few_fixed_texts_whatever_the_secret_is(secret: str) -> None:
    assert masked(secret) in EVERY_MASK


def test_no_shown_prefix_is_longer_than_four_characters() -> None:
    assert all(len(prefix) <= 4 and prefix.isprintable() for prefix in PREFIXES)
