"""What may be shown of a secret: which family of tokens it is of, and roughly how long it is."""

from __future__ import annotations

SHOWN_FROM = 16  # characters: under this even a public prefix is too large a share

# The public beginnings of token families, at most four characters each. They are the same for every customer of the
# issuer; of any other secret nothing is shown, since its first characters belong to the secret.
PREFIXES = (
    *("AKIA", "ASIA", "ABIA", "ACCA", "AIza", "AKC"),
    *(
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "gith",
        "glpa",
        "gldt",
        "glrt",
        "glft",
        "glso",
        "glim",
        "glpt",
        "glag",
        "gloa",
    ),
    *("xoxb", "xoxp", "xoxa", "xoxo", "xoxr", "xoxs", "xapp"),
    *("sk-a", "sk-p", "sk_l", "rk_l", "sq0c", "SG.", "npm_", "pypi", "hf_", "hvs.", "dapi", "eyJ"),
)

BANDS = ((64, "64 or more"), (32, "32 to 63"), (SHOWN_FROM, f"{SHOWN_FROM} to 31"), (0, f"under {SHOWN_FROM}"))


def masked(secret: str) -> str:
    """A stand-in such as `ghp_**** (32 to 63 characters)`, made of this module's own text only: nothing that a
    repository controls, no control character either, passes through."""
    size = len(secret)
    band = next(words for least, words in BANDS if size >= least)
    prefix = next((known for known in PREFIXES if secret.startswith(known)), "") if size >= SHOWN_FROM else ""
    return f"{prefix}**** ({band} characters)"
