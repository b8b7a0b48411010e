"""Real programs end to end: the Claude Code client itself, offline, against a scripted model."""
