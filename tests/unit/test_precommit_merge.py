"""`.pre-commit-config.yaml`: hooks put in as lines, everything else as it was."""

from __future__ import annotations

import pytest
import yaml

from ccguard.git import precommit
from ccguard.git.stages import STAGES
from ccguard.model.error import UsageError

TYPES = ["pre-commit", "prepare-commit-msg", "commit-msg", "pre-push"]
IDS = [stage.id for stage in STAGES]

LINTER = """\
# See https://pre-commit.com for more
exclude: ^vendor/  # not ours

# what runs
repos:
  # formatters first
  - repo: https://example.com/formatter
    rev: v1.2.3  # pinned
    hooks:
      - id: format
        args: [--fast,
               --quiet]  # why

# the end
"""
FLAT = """\
repos:
-   repo: local
    hooks:
    -   id: lint
        name: lint
        entry: lint
        language: system
        description: |
            two

            lines

ci:
    skip: [lint]
"""
FILES = {
    "comments": LINTER,
    "four spaces": FLAT,
    "carriage returns": LINTER.replace("\n", "\r\n"),
    "with types": "default_install_hook_types: [pre-commit, prepare-commit-msg, commit-msg, pre-push]\n" + FLAT,
    "a document mark": "---\n" + FLAT,
    "other keys last": "repos:\n- repo: meta\n  hooks: [{id: identity}]\nfail_fast: true\n",
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_what_was_put_in_comes_out_to_the_byte(text: str) -> None:
    if "default_install" in text:
        text = text.split("\n", 1)[1]
    assert precommit.without_ccguard(precommit.with_ccguard(text)) == text


@pytest.mark.parametrize("text", ["", "repos: []\n", *FILES.values()])
def test_a_second_run_changes_nothing(text: str) -> None:
    once = precommit.with_ccguard(text)
    assert precommit.with_ccguard(once) == once


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_only_lines_are_added(text: str) -> None:
    merged = precommit.with_ccguard(text)
    rest = iter(merged.splitlines(keepends=True))
    assert all(line in rest for line in text.splitlines(keepends=True))


@pytest.mark.parametrize("text", ["", "repos: []\n", "repos:\n", "repos: [] # none yet\nci: {}\n", *FILES.values()])
def test_pre_commit_accepts_what_comes_out_and_it_names_all_four(text: str) -> None:
    merged = precommit.with_ccguard(text)
    precommit.check_valid(merged)
    data = yaml.safe_load(merged)
    assert data["default_install_hook_types"] == TYPES
    assert [hook["id"] for hook in data["repos"][-1]["hooks"]] == IDS
    assert data["repos"][:-1] == ((yaml.safe_load(text) or {}).get("repos") or [])


def test_each_hook_runs_always_alone_and_is_heard() -> None:
    hooks = {hook["id"]: hook for hook in yaml.safe_load(precommit.with_ccguard(""))["repos"][0]["hooks"]}
    for hook in hooks.values():
        assert hook["always_run"] and hook["require_serial"]
        assert hook["verbose"] == (hook["id"] != "ccguard-prepare")  # which has nothing to warn of
        assert hook["language"] == "system"
        assert len(hook["stages"]) == 1
    assert hooks["ccguard"]["entry"] == "ccguard check --staged"
    assert [hook["pass_filenames"] for hook in hooks.values()] == [False, True, True, False]


def test_the_style_of_the_list_is_followed() -> None:
    assert "-   repo: local\n    hooks:\n    -   id: ccguard\n        name: ccguard\n" in precommit.with_ccguard(FLAT)
    assert "  - repo: local\n    hooks:\n      - id: ccguard\n        name: ccguard\n" in precommit.with_ccguard(LINTER)


def test_line_ends_of_the_file_are_used() -> None:
    assert "\n" not in precommit.with_ccguard(FILES["carriage returns"]).replace("\r\n", "")


def test_a_file_without_a_final_newline_stays_one() -> None:
    merged = precommit.with_ccguard("repos:\n- repo: meta\n  hooks:\n  - id: identity")
    assert not merged.endswith("\n")
    precommit.check_valid(merged)


@pytest.mark.parametrize(
    "given",
    ["[pre-commit]", "[commit-msg, pre-commit,]", "[]", "[\n  pre-commit,\n]", "\n- pre-commit\n- post-merge"],
)
def test_the_list_of_git_hooks_to_install_is_extended(given: str) -> None:
    text = f"default_install_hook_types: {given}\n{FLAT}"
    merged = yaml.safe_load(precommit.with_ccguard(text))["default_install_hook_types"]
    before = yaml.safe_load(text)["default_install_hook_types"]
    assert merged[: len(before)] == before
    assert set(TYPES) <= set(merged)


def test_the_published_form_counts_and_only_what_it_lacks_is_added() -> None:
    published = "repos:\n- repo: https://example.com/it\n  rev: v1\n  hooks:\n"
    whole = published + "".join(f"  - id: {name}\n" for name in IDS)
    assert yaml.safe_load(precommit.with_ccguard(whole))["repos"] == yaml.safe_load(whole)["repos"]
    merged = yaml.safe_load(precommit.with_ccguard(published + "  - id: ccguard\n"))
    assert [hook["id"] for hook in merged["repos"][1]["hooks"]] == IDS[1:]
    assert [stage.id for stage in precommit.named_stages(published + "  - id: ccguard-push\n")] == ["ccguard-push"]


def test_an_older_entry_is_replaced() -> None:
    old = precommit.with_ccguard(FLAT).replace("always_run: true", "always_run: false")
    merged = precommit.with_ccguard(old)
    assert merged == precommit.with_ccguard(FLAT)


def test_a_neighbour_in_our_entry_stays() -> None:
    mine = "      - id: mine\n        name: mine\n        entry: mine\n        language: system\n"
    ours = precommit.with_ccguard("repos:\n  - repo: meta\n    hooks: [{id: identity}]\n")
    text = ours.replace("      - id: ccguard\n", f"{mine}      - id: ccguard\n")
    assert [hook["id"] for hook in yaml.safe_load(text)["repos"][1]["hooks"]] == ["mine", *IDS]
    assert precommit.with_ccguard(text) == text
    assert mine in precommit.without_ccguard(text)


def test_an_entry_alone_goes_and_a_list_stays_a_list() -> None:
    text = "# mine\nrepos: []\nfail_fast: true\n"
    assert precommit.without_ccguard(precommit.with_ccguard(text)) == text
    assert precommit.without_ccguard(precommit.with_ccguard("")) == ""


UNEDITABLE = {
    "no YAML": "repos: [\n",
    "a list": "- repo: x\n",
    "two documents": "repos: []\n---\nrepos: []\n",
    "in brackets": "repos: [{repo: meta, hooks: [{id: identity}]}]\n",
    "one line": "{repos: [], ci: {}}\n",
    "repos as a text": "repos: none\n",
    "types as a text": "default_install_hook_types: pre-commit\nrepos: []\n",
    "an alias": "x: &x {repo: meta, hooks: [{id: identity}]}\nrepos: \n- *x\n",
}


@pytest.mark.parametrize("text", UNEDITABLE.values(), ids=UNEDITABLE)
def test_what_can_not_be_edited_safely_is_refused_with_the_reason_and_what_to_do(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        precommit.with_ccguard(text)
    assert caught.value.where == ".pre-commit-config.yaml"
    assert caught.value.why and "nothing was changed" in caught.value.fix


def test_a_configuration_that_pre_commit_refuses_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        precommit.check_valid(precommit.with_ccguard("repos:\n- repo: https://example.com/x\n  hooks: []\n"))
    assert "rev" in caught.value.why


@pytest.mark.parametrize(
    ("head", "filtered"),
    [("", False), ("files: ^src/\n", True), ("exclude: ^vendor/\n", False), ("exclude: COMMIT\n", True)],
)
def test_a_filter_that_would_hide_the_message_is_noticed(head: str, filtered: bool) -> None:
    assert precommit.filters_messages(head + FLAT) is filtered


@pytest.mark.parametrize("text", ["", "repos: []\n", "repos: []\r\n", "repos:\n"])
def test_nothing_is_taken_out_of_a_file_that_has_nothing_of_ours(text: str) -> None:
    assert precommit.without_ccguard(text) == text
