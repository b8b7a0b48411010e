"""The agents that ccguard knows, and what each of them leaves in a commit. Data only; `message` reads by it.

Mailboxes are matched whole: a domain, a display name or a numeric id alone also belongs to people.
"""

from __future__ import annotations

from typing import NamedTuple


class Agent(NamedTuple):
    """One agent and its traces, all in lower case."""

    id: str
    mailboxes: tuple[str, ...] = ()
    not_named: tuple[str, ...] = ()  # display names under one of these mailboxes that are not the agent
    names: tuple[str, ...] = ()  # what the value of Assisted-by or Generated-by begins with
    first_names: tuple[str, ...] = ()  # those of `names` that people have as well
    models: tuple[str, ...] = ()  # its families of models; with a version they stand for the agent
    trailers: tuple[tuple[str, str], ...] = ()  # (key, what the value begins with)
    footers: tuple[str, ...] = ()  # text that stands anywhere in the message


_GITHUB = "@users.noreply.github.com"

AGENTS = (
    Agent(
        id="claude-code",
        mailboxes=(
            "noreply@anthropic.com",
            "claude@anthropic.com",
            "claude-code@anthropic.com",
            f"41898282+claude[bot]{_GITHUB}",  # the Claude action's default; the id alone is github-actions[bot]'s
            f"209825114+claude[bot]{_GITHUB}",
            f"215619710+anthropic-claude[bot]{_GITHUB}",
            f"208546643+claude-code-action[bot]{_GITHUB}",
        ),
        not_named=("plugin stats publisher",),
        names=("claude code", "claude-code", "claudecode", "anthropic claude", "claude"),
        first_names=("claude",),
        models=("opus", "sonnet", "haiku", "fable"),
        trailers=(("claude-session", "https://claude.ai/code/"),),
        footers=(
            "generated with [claude code](https://claude.com/claude-code",
            "generated with [claude code](https://claude.ai/code",
        ),
    ),
)

# Words after a first name that show it to be the agent's: "Claude Opus", not "Claude Dupont".
PRODUCT_WORDS = ("code", "opus", "sonnet", "haiku", "fable", "instant", "ai", "cli", "agent", "desktop", "web")

# Trailers that name somebody who wrote (or says so), and those that name a tool that helped.
COAUTHOR_KEYS = ("co-authored-by", "co-developed-by", "signed-off-by")
ASSISTANT_KEYS = ("assisted-by", "generated-by")
