"""The digest and the mask of a secret are of the whole token, for every plugin of detect-secrets that there is."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable

import pytest
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

from ccguard.detect.engine import scan
from ccguard.model.policy import Secrets

HEX, LOWER, DIGITS = "0123456789abcdef", string.ascii_lowercase, string.digits
LETTERS = string.ascii_letters + DIGITS
SETTINGS = Secrets(salt="5f1c0b6e", entropy_base64=4.0)


def some(size: int, alphabet: str = LETTERS) -> str:
    return "".join(random.choice(alphabet) for _ in range(size))


def jwt() -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": "1"})  # the same for all: only their signatures differ
    return ".".join(
        [*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().strip("=") for part in parts), some(43)]
    )


# A line around a secret, the secret's making, and the mask of what counts as the secret.
UNDER, SOME, MORE, MOST = "under 16", "16 to 31", "32 to 63", "64 or more"
SAMPLES: tuple[tuple[str, str, Callable[[], str], str, str], ...] = (
    ("Artifactory Credentials", 'x = "{}"', lambda: "AK" + "C" + some(60), "AKC", MORE),
    ("Artifactory Credentials", "x: {} ", lambda: "AP" + "A" + some(30), "", MORE),
    ("AWS Access Key", "x {}", lambda: "AK" + "IA" + some(16, string.ascii_uppercase), "AKIA", SOME),
    ("AWS Access Key", "aws_key = '{}'", lambda: some(40), "", MORE),
    ("Azure Storage Account access key", "x;Account" + "Key={}", lambda: some(88), "", MOST),
    ("Basic Auth Credentials", "https://bob:{}@example.org/", lambda: some(14), "", UNDER),
    ("Cloudant Credentials", "cloudant_password = {}", lambda: some(64, HEX), "", MOST),
    ("Discord Bot Token", "x {}", lambda: f"M{some(23)}.{some(6)}.{some(27)}", "", MORE),
    *(("GitHub Token", "x {}", lambda kind=kind: f"gh{kind}_{some(36)}", f"gh{kind}_", MORE) for kind in "pousr"),
    ("GitHub Token", "x {}", lambda: "gh" + "p_" + some(70), "ghp_", MOST),
    ("GitLab Token", "x {}", lambda: "glp" + "at-" + some(20), "glpa", SOME),
    ("GitLab Token", "x {}", lambda: "glp" + f"at-{some(27)}.01.{some(9)}", "glpa", MORE),
    ("GitLab Token", "x {}", lambda: "gld" + "t-" + some(50), "gldt", MORE),
    ("GitLab Token", "x {}", lambda: "GR1" + "348941" + some(20), "", SOME),
    ("GitLab Token", "x {}", lambda: "glc" + "bt-5f_" + some(20), "", SOME),
    ("GitLab Token", "x {}", lambda: "glim" + "t-" + some(25), "glim", SOME),
    ("GitLab Token", "x {}", lambda: "glpt" + "t-" + some(40), "glpt", MORE),
    ("GitLab Token", "x {}", lambda: "glag" + "ent-" + some(60), "glag", MOST),
    ("GitLab Token", "x {}", lambda: "gloa" + "s-" + some(64), "gloa", MOST),
    ("Base64 High Entropy String", 'x = "{}"', lambda: some(60), "", MORE),
    ("Hex High Entropy String", 'x = "{}"', lambda: some(40, HEX), "", MORE),
    ("IBM Cloud IAM Key", "ibm_cloud_iam_key = {}", lambda: some(44), "", MORE),
    ("IBM COS HMAC Credentials", "cos_hmac_secret_access_key = {}", lambda: some(48, HEX), "", MORE),
    ("JSON Web Token", "x {} ", jwt, "eyJ", MOST),
    ("Secret Keyword", 'password = "{}"', lambda: some(14), "", UNDER),
    ("Mailchimp Access Key", "x {}", lambda: some(32, HEX) + "-us12", "", MORE),
    ("NPM tokens", "//registry.example.com/:_auth" + "Token={}", lambda: "npm" + "_" + some(36), "npm_", MORE),
    ("OpenAI Token", "x {}", lambda: f"sk-p{some(20)}T3Blbk" + f"FJ{some(20)}", "sk-p", MORE),
    ("Private Key", "-----BEGIN RSA PRIVATE" + " KEY-----{}-----END RSA", lambda: some(64), "", MOST),
    ("PyPI Token", "x {}", lambda: "pypi-AgEI" + "cHlwaS5vcmc" + some(80), "pypi", MOST),
    ("SendGrid API Key", "x {}", lambda: f"SG.{some(22)}.{some(43)}", "SG.", MOST),
    ("Slack Token", "x {}", lambda: "xox" + f"b-{some(11, DIGITS)}-{some(24)}", "xoxb", MORE),
    ("Slack Token", "x {}", lambda: f"https://hooks.slack.com/services/T{some(8)}/B{some(8)}/{some(24)}", "", MOST),
    ("SoftLayer Credentials", "softlayer_api_key = {}", lambda: some(64, LOWER), "", MOST),
    ("Square OAuth Secret", "x {}", lambda: "sq0" + "csp-" + some(43), "sq0c", MORE),
    ("Stripe Access Key", "x {}", lambda: "sk_" + "live_" + some(24), "sk_l", MORE),
    ("Stripe Access Key", "x {}", lambda: "sk_" + "live_" + "5" * 24 + some(75), "sk_l", MOST),
    ("Telegram Bot Token", "{}", lambda: f"{some(9, '123456789')}:{some(35)}", "", MORE),
    ("Twilio API Key", "x {}", lambda: "SK" + some(32, HEX), "", MORE),
)


def digests(secret_type: str, text: str) -> dict[str, str]:
    """The digests of what is found, each with its mask."""
    return {hit.digest: hit.masked for hit in scan("a.txt", text, None, SETTINGS) if hit.type == secret_type}


def test_every_plugin_has_a_sample() -> None:
    never_found = {"Public IP (ipv4)"}  # its own filters drop what has no letter
    assert digests("Public IP (ipv4)", "x 8.8.4.4") == {}
    assert {sample[0] for sample in SAMPLES} | never_found == set(get_mapping_from_secret_type_to_class())


@pytest.mark.parametrize(("secret_type", "line", "made", "prefix", "band"), SAMPLES)
def test_two_tokens_have_two_digests_and_the_mask_tells_their_length(
    secret_type: str, line: str, made: Callable[[], str], prefix: str, band: str
) -> None:
    one, other = (digests(secret_type, line.format(made()) + "\n") for _ in range(2))
    assert [*one.values(), *other.values()] == [f"{prefix}**** ({band} characters)"] * 2
    assert one.keys().isdisjoint(other)


@pytest.mark.parametrize("prefix", ["gh" + "p_", "glp" + "at-"])
def test_each_of_two_tokens_on_a_line_is_found(prefix: str) -> None:
    one, other = (prefix + some(36) for _ in range(2))
    secret_type = "GitHub Token" if prefix[1] == "h" else "GitLab Token"
    both = digests(secret_type, f"{one}, {other}")
    assert both.keys() == digests(secret_type, one).keys() | digests(secret_type, other).keys()
    assert len(both) == 2


def test_a_token_has_one_digest_whatever_signs_stand_around_it() -> None:
    token = "AK" + "C" + some(60)
    lines = (f'x = "{token}"', f"x:{token}", f" {token} ", token)
    assert len({digest for line in lines for digest in digests("Artifactory Credentials", line)}) == 1


@pytest.mark.timeout(20)
def test_thousands_of_tokens_on_a_line_take_no_minutes() -> None:
    line = " ".join("gh" + "p_" + some(36) for _ in range(3000))
    assert len(digests("GitHub Token", line)) == 3000
