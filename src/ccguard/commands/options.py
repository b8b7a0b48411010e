"""Options that several commands share, and what they mean."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, TextIO, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def reporting(function: Command) -> Command:
    """Adds `--format`, `--color`, `-q`, `-v` and `--exit-zero`."""
    for option in (
        click.option(
            "--exit-zero", is_flag=True, help="End with 0 where findings would end with 1; errors stay errors."
        ),
        click.option("-v", "--verbose", is_flag=True, help="Print monitored and waived findings too."),
        click.option("-q", "--quiet", is_flag=True, help="Print findings only, no closing line."),
        color_option,
        click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True),
    ):
        function = option(function)
    return function


def color_option(function: Command) -> Command:
    """Adds `--color`."""
    return click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)(
        function
    )


def in_colour(choice: str, stream: TextIO | None = None) -> bool:
    """Whether to paint: the flag decides, then NO_COLOR, then FORCE_COLOR and CLICOLOR_FORCE, then the terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    forced = (os.environ.get(name, "") for name in ("FORCE_COLOR", "CLICOLOR_FORCE"))
    stream = stream or sys.stdout
    terminal = stream is not None and stream.isatty()  # Python has no stdout where that was closed
    return terminal or any(value not in ("", "0") for value in forced)
