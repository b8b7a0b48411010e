"""Zones as deny rules: the shapes that the client holds, and none that it only seems to take."""

from __future__ import annotations

from typing import Literal

import pytest

from ccguard.claude.deny import deny_rules
from ccguard.model.policy import Zone

SHAPES = {
    ".env": "/**/.env",
    "*.pem": "/**/*.pem",
    "secrets/": "/**/secrets/**",
    "/secrets/": "/secrets/**",
    "infra/prod/": "/infra/prod/**",
    "src/pay/*.py": "/src/pay/*.py",
    "/CODEOWNERS": "/CODEOWNERS",
    "**/.aws/credentials": "/**/.aws/credentials",
    "a folder/(old)": "/a folder/(old)",
    "deep/**": "/deep/**",
}


def zone(*paths: str, access: Literal["none", "read", "edit"] = "none") -> Zone:
    return Zone("z", access, paths, ())


@pytest.mark.parametrize(("pattern", "path"), SHAPES.items(), ids=SHAPES)
def test_a_pattern_becomes_a_path_relative_to_the_project(pattern: str, path: str) -> None:
    assert deny_rules([zone(pattern)]).rules == (f"Read({path})", f"Edit({path})")


def test_a_zone_that_may_be_read_denies_changes_only() -> None:
    assert deny_rules([zone("db/", access="read")]).rules == ("Edit(/**/db/**)",)


def test_a_zone_that_may_be_changed_denies_nothing() -> None:
    assert deny_rules([zone("src/", access="edit")]).rules == ()


@pytest.mark.parametrize("pattern", ["we[i]rd", "back\\slash", "\\#name", "/"])
def test_what_was_not_seen_to_hold_is_left_to_the_hook_and_said(pattern: str) -> None:
    assert deny_rules([zone(pattern)]) == ((), (pattern,))


MEETING = [
    (".env.*", ".env.example"),
    ("id_rsa*", "*.pub"),
    ("secrets/*", "secrets/README.md"),
    ("*", "*.md"),
    ("a?c", "abc"),
    ("vault/**", "vault/open/**"),
]
APART = [
    ("*.pem", "*.pub"),
    (".env", ".env.example"),
    ("secrets/", "*.pub"),
    ("a?c", "abd"),
    ("*.key", "*.pem"),
]


@pytest.mark.parametrize(("pattern", "exception"), MEETING)
def test_a_pattern_with_an_exception_has_no_deny_rule(pattern: str, exception: str) -> None:
    assert deny_rules([zone(pattern, f"!{exception}")]) == ((), (pattern,))


@pytest.mark.parametrize(("pattern", "exception"), APART)
def test_an_exception_that_takes_nothing_out_of_a_pattern_leaves_its_rule(pattern: str, exception: str) -> None:
    assert len(deny_rules([zone(pattern, f"!{exception}")]).rules) == 2


@pytest.mark.parametrize("pattern", [".git", "/.git/", ".git/hooks/", "**/.git/config"])
def test_gits_own_folder_gets_no_rule_because_the_sandbox_would_stop_git_itself(pattern: str) -> None:
    assert deny_rules([zone(pattern, access="read")]) == ((), ())


def test_a_rule_is_written_once() -> None:
    assert len(deny_rules([zone(".env"), zone(".env", access="read")]).rules) == 2
