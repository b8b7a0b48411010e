"""Zones of several layers, the built-in ones, and what may be taken out of them."""

from __future__ import annotations

import pytest
from policy_samples import SMALLEST, layer, merged

from ccguard.model.policy import Policy, Zone
from ccguard.policy.merge import merge
from ccguard.policy.mistakes import PolicyMistakes


def _zone(policy: Policy, name: str) -> Zone:
    return next(zone for zone in policy.zones if zone.name == name)


def _in(policy: Policy, name: str, path: str) -> bool:
    return _zone(policy, name).covers(path)


@pytest.mark.parametrize(
    ("zone", "path"),
    [
        ("credentials", ".env"),
        ("credentials", "a/b/.env.production"),
        ("credentials", "tls/server.key"),
        ("credentials", "home/.aws/credentials"),
        ("credentials", "id_rsa"),
        ("credentials", "infra/terraform.tfstate"),
        ("credentials", "service-account-prod.json"),
        ("guard", ".claude-policy.toml"),
        ("guard", "sub/.claude-policy.toml"),
        ("guard", ".claude/settings.local.json"),
        ("guard", "sub/.claude/settings.json"),
        ("guard", ".claude/hooks/check.sh"),
        ("guard", ".github/CODEOWNERS"),
        ("guard", ".pre-commit-config.yaml"),
        ("guard", ".git/hooks/pre-commit"),
        ("repository", ".git/index"),
        ("repository", "vendor/lib/.git"),
    ],
)
def test_built_in_zones_hold_under_the_smallest_policy(zone: str, path: str) -> None:
    assert _in(merged(SMALLEST).policy, zone, path)


@pytest.mark.parametrize(
    "path",
    [".env.example", "a/.env.sample", ".env.template", "keys/id_rsa.pub", "environment.md", "monkey.py", ".aws/config"],
)
def test_what_only_looks_like_credentials_is_free(path: str) -> None:
    assert not _in(merged(SMALLEST).policy, "credentials", path)


@pytest.mark.parametrize(
    ("paths", "path", "covered"),
    [
        ('[".env.*"]', ".env.example", False),
        ('["*.pub"]', "keys/a.pub", False),
        ('[".env.example"]', ".env.example", True),
        ('["keys/a.pub"]', "keys/a.pub", True),
        ('["keys/a.pub", "!keys/a.pub"]', "keys/a.pub", False),
        ('["secrets/"]', "secrets/a.pub", True),
    ],
)
def test_what_only_looks_like_credentials_is_one_if_named_in_full(paths: str, path: str, covered: bool) -> None:
    assert _in(merged(f"{SMALLEST}[zones.credentials]\npaths = {paths}\n").policy, "credentials", path) is covered


def test_guard_files_for_pull_requests_are_apart_from_the_guard_zone() -> None:
    policy = merged(SMALLEST).policy
    for path in ("CLAUDE.md", "sub/CLAUDE.md", ".gitmodules", ".github/workflows/ci.yml", ".gitlab-ci.yml"):
        assert policy.guard.review_paths.covers(path)
        assert not _in(policy, "guard", path)


def test_files_that_a_policy_builds_on_are_guard_files() -> None:
    text = f'{SMALLEST}[secrets]\nbaseline = "known [1].txt"\n[review]\nallowed_signers = "team/signers"\n'
    policy = merge([layer("version = 1\n", "policies/org.toml"), layer(text)]).policy
    for path in ("policies/org.toml", "known [1].txt", "team/signers"):
        assert _in(policy, "guard", path)
    assert not _in(policy, "guard", "other/team/signers")


@pytest.mark.parametrize(
    ("key", "value"),
    [("credentials", '"edit"'), ("credentials", '"read"'), ("guard", '"edit"'), ("repository", '"edit"')],
)
def test_no_policy_loosens_a_built_in_zone(key: str, value: str) -> None:
    with pytest.raises(PolicyMistakes, match=f'{value} asks for less than "(none|read)" that is built in'):
        merged(f"{SMALLEST}[zones.{key}]\naccess = {value}\n")


def test_a_built_in_zone_can_be_tightened() -> None:
    policy = merged(f'{SMALLEST}[zones.guard]\naccess = "none"\npaths = ["ci/"]\n').policy
    assert _zone(policy, "guard").access == "none"
    assert _in(policy, "guard", "ci/run.sh")


_ORG = 'version = 1\n[zones.vault]\npaths = ["vault/", "!vault/docs/"]\naccess = "none"\nreason = "org"\n'


def test_a_lower_layer_adds_paths_and_takes_none_out() -> None:
    lower = f'{SMALLEST}[zones.vault]\npaths = ["!vault/", "!vault/key", "safe/"]\nreason = "ours"\n'
    policy = merged(_ORG, lower).policy
    assert _in(policy, "vault", "vault/key")
    assert _in(policy, "vault", "safe/key")
    assert (_zone(policy, "vault").reason, _zone(policy, "vault").origin) == ("ours", "/org0.toml:4")


def test_an_exclamation_mark_takes_a_path_out_of_its_own_layer() -> None:
    policy = merged(SMALLEST + '[zones.a]\npaths = ["*.sql", "!seed.sql"]\naccess = "none"\n').policy
    assert _in(policy, "a", "x.sql")
    assert not _in(policy, "a", "db/seed.sql")


_EXCEPT = f'{SMALLEST}[zones.credentials]\nexcept = [{{ path = "test/server.key", reason = "a test key" }}]\n'


def test_an_exception_takes_one_path_out_and_is_kept_for_reports() -> None:
    policy = merged(_EXCEPT).policy
    assert not _in(policy, "credentials", "test/server.key")
    assert _in(policy, "credentials", "server.key")
    assert _in(policy, "credentials", "other/test/server.key")
    assert _zone(policy, "credentials").exceptions == (("test/server.key", "a test key", ".claude-policy.toml:5"),)


def test_an_exception_takes_nothing_out_of_what_a_layer_above_names() -> None:
    policy = merged('version = 1\n[zones.credentials]\npaths = ["test/"]\n', _EXCEPT).policy
    assert _in(policy, "credentials", "test/server.key")


def test_an_exception_that_a_floor_lacks_does_not_count_and_is_listed() -> None:
    found = merged(_EXCEPT, floors=(SMALLEST,))
    assert _in(found.policy, "credentials", "test/server.key")
    assert _zone(found.policy, "credentials").exceptions == ()
    assert [(one.key, one.offered) for one in found.loosened] == [("zones.credentials.paths", '"!/test/server.key"')]


def test_an_exception_that_every_version_has_counts() -> None:
    found = merged(_EXCEPT, floors=(_EXCEPT,))
    assert not _in(found.policy, "credentials", "test/server.key")
    assert found.loosened == ()


_VAULT = SMALLEST + '[zones.vault]\naccess = "none"\npaths = '


def test_paths_that_were_taken_out_hold_by_the_floor_and_are_listed() -> None:
    found = merged(f'{_VAULT}["a/"]\n', floors=(f'{_VAULT}["a/", "b/"]\n',))
    assert _in(found.policy, "vault", "b/x")
    assert [(one.key, one.floor) for one in found.loosened] == [("zones.vault.paths", '"b/"')]


def test_a_zone_that_was_taken_out_holds_by_the_floor_and_is_listed_once() -> None:
    found = merged(SMALLEST, floors=(f'{_VAULT}["a/"]\nreason = "keys"\n',))
    assert _in(found.policy, "vault", "a/x")
    assert _zone(found.policy, "vault").reason == "keys"
    assert [(one.key, one.floor, one.offered) for one in found.loosened] == [("zones.vault", '"none"', "nothing")]


@pytest.mark.parametrize(
    ("offered", "floor", "listed"),
    [
        ('["a/", "b/"]', '["a/"]', False),
        ('["a/"]', '["a/", "!a/b"]', False),
        ('["x/", "a/", "!a/b"]', '["a/", "!a/b"]', False),
        ('["a/", "!a/b"]', '["a/"]', True),
        ('["a/", "!a/c", "!a/b"]', '["a/", "!a/b"]', True),
    ],
)
def test_what_a_change_of_patterns_takes_out_is_listed(offered: str, floor: str, listed: bool) -> None:
    assert bool(merged(f"{_VAULT}{offered}\n", floors=(f"{_VAULT}{floor}\n",)).loosened) is listed


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('[zones.a]\naccess = "none"\n', "zones.a: has no paths"),
        (
            "[data.plans]\nexamples = ['x']\n",
            "data.plans: does not say whether the class may be put in front of Claude",
        ),
        ('[zones.a]\npaths = ["a"]\ndata = "plan"\n[data.plans]\nuse = "deny"\n', 'did you mean "plans"'),
    ],
)
def test_a_zone_or_class_that_says_too_little_is_a_mistake(table: str, message: str) -> None:
    with pytest.raises(PolicyMistakes) as caught:
        merged("version = 1\n", SMALLEST + table)
    assert message in str(caught.value)


def test_of_two_classes_on_one_zone_the_stricter_one_holds() -> None:
    zone = '[zones.a]\npaths = ["a"]\ndata = '
    policy = merged(f'version = 1\n{zone}"customer"\n', f'{SMALLEST}{zone}"regulated"\n').policy
    assert _zone(policy, "a").data == "regulated"
    with pytest.raises(PolicyMistakes, match=r'"public" asks for less than "customer" of /org0.toml:4'):
        merged(f'version = 1\n{zone}"customer"\n', f'{SMALLEST}{zone}"public"\n')


def test_built_in_classes_can_be_changed_except_for_secrets() -> None:
    policy = merged(f'{SMALLEST}[data.regulated]\nuse = "ask"\n').policy
    uses = {data.name: data.use for data in policy.data}
    assert uses == {
        "public": "allow",
        "internal": "allow",
        "confidential": "ask",
        "customer": "redact",
        "secrets": "deny",
        "regulated": "ask",
    }


_WAIVER = '[[waivers]]\nrule = "off-limits-path"\npaths = ["a"]\nreason = "b"\nexpires = 2026-12-31\napproved_by = '


def test_a_waiver_counts_only_if_every_version_has_it_and_to_the_earliest_day() -> None:
    text = f'{SMALLEST}{_WAIVER}"@lead"\n'
    sooner = text.replace("12-31", "11-30")
    assert [waiver.expires for waiver in merged(text, floors=(sooner,)).policy.waivers] == ["2026-11-30"]
    found = merged(text, floors=(sooner, SMALLEST))
    assert found.policy.waivers == ()
    assert [(one.key, one.offered_origin) for one in found.loosened] == [("waivers", ".claude-policy.toml:4")]


@pytest.mark.parametrize(
    ("org", "not_over"),
    [
        ("", ("/org0.toml",)),
        ('guard.approvers = ["@lead"]\n', ()),
        ('zones.a = { paths = ["a"], approvers = ["@acme/leads"] }\nteams."@acme/leads" = ["@lead"]\n', ()),
        ('guard.approvers = ["@lead", "@other"]\n', ()),
    ],
    ids=["names nobody", "names the person", "names a team of the person", "names others too"],
)
def test_a_waiver_knows_the_layers_above_that_did_not_approve_it(org: str, not_over: tuple[str, ...]) -> None:
    policy = merged(f"version = 1\n{org}", f'{SMALLEST}{_WAIVER}"@lead"\n').policy
    assert [waiver.not_over for waiver in policy.waivers] == [not_over]


@pytest.mark.parametrize(
    ("layers", "access"),
    [
        (('[zones.a]\npaths = ["a"]\n',), "none"),
        (('[zones.a]\npaths = ["a"]\nreviewers = 2\n',), "edit"),
        (('[zones.a]\npaths = ["a"]\ndata = "internal"\n',), "edit"),
        (('[zones.a]\npaths = ["a"]\n', '[zones.a]\npaths = ["b"]\nreviewers = 2\n'), "none"),
        (('[zones.a]\npaths = ["a"]\naccess = "edit"\n', '[zones.a]\npaths = ["b"]\n'), "edit"),
    ],
)
def test_a_zone_that_says_nothing_else_is_off_limits(layers: tuple[str, ...], access: str) -> None:
    policy = merged(*(SMALLEST + layer for layer in layers)).policy
    assert next(zone.access for zone in policy.zones if zone.name == "a") == access
