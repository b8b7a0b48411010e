"""ccguard: repository guardrails for Claude Code."""

from .version import VERSION as __version__

__all__ = ["__version__"]
