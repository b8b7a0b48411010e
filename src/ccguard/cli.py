"""Words on the command line -> a command. Each command's module is imported only when it is called."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path
from typing import Any

import click

from ccguard import __version__
from ccguard.commands.options import in_colour
from ccguard.model.error import CcguardError, UsageError

COMMANDS = {
    "check": "judge a change, a range of commits or the whole tree",
    "commit-message": "stamp and check commit messages (git hooks)",
    "doctor": "try the installed hooks and name the broken link",
    "explain": "say what a rule or a path means here",
    "hook": "Claude Code's hook: payload on stdin, one JSON object or nothing on stdout",
    "init": "protect this repository: policy, settings, git hooks, self-test",
    "install": "put the hooks into one scope",
    "policy": "show, validate and test the policy",
    "push": "judge what is about to be pushed (pre-push hook)",
    "uninstall": "take everything out that init and install put in",
}
# A group of commands without a command prints its help (click 8.2 on; older ones do it by themselves).
_ASKED_FOR_HELP: Any = getattr(click.exceptions, "NoArgsIsHelpError", ())


class LazyGroup(click.Group):
    """Knows its commands' names and one-line helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"ccguard.commands.{name.replace('-', '_')}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ccguard")
def group() -> None:
    """Repository guardrails for Claude Code: one file, .claude-policy.toml, enforced everywhere."""


def main() -> None:
    """The console script. Ends the process with one of the exit codes of docs/exit-codes.md."""
    if sys.argv[1:2] == ["hook"]:  # never through the option parser: its exit 2 would read as "block"
        from ccguard.commands import hook

        hook.main()
    sys.exit(_ended())


def _ended() -> int:
    try:
        _stand_somewhere()
        code = group.main(standalone_mode=False)
        return code if isinstance(code, int) else 0
    except CcguardError as error:
        return _told(error)
    except _ASKED_FOR_HELP as error:
        error.show()
        return 2
    except click.ClickException as error:
        return _told(_wrong_use(error))
    except (click.Abort, KeyboardInterrupt):
        click.echo("ccguard: stopped", err=True)
        return 130
    except Exception as error:
        if os.environ.get("CCGUARD_DEBUG"):
            raise
        _report_bug(error)
        return 70


def _stand_somewhere() -> None:
    """Raises UsageError where the working directory was deleted: nothing can be found from there."""
    try:
        Path.cwd()
    except OSError as error:
        raise UsageError(
            "the folder that ccguard was started in is gone",
            where="the working directory",
            why=error.strerror or str(error),
            fix="go into a folder that is there, and run this again",
            ask="whoever deleted or moved it",
        ) from None


def _wrong_use(error: click.ClickException) -> UsageError:
    """What click objects to, in five parts."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "ccguard"
    return UsageError(
        error.format_message(),
        where=command,
        why="nothing was judged: what was asked for is not clear",
        fix=f"{command} --help shows how it is written",
        ask="whoever wrote the command, or the CI job that runs it",
    )


def _told(error: CcguardError) -> int:
    """Prints an error; its exit code."""
    from ccguard.report.text import error_lines

    for line in error_lines(error, colour=in_colour("auto", sys.stderr)):
        click.echo(line, err=True)
    return error.exit_code


def _report_bug(error: Exception) -> None:
    """Says where it broke, without anything of what was being judged."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}:{frame.lineno}"
    click.echo(f"error: ccguard {__version__} has a bug: {type(error).__name__} at {place}", err=True)
    click.echo("  why: this check could not run, so it has not passed", err=True)
    click.echo("  fix: report it with this line; CCGUARD_DEBUG=1 shows the traceback", err=True)
    click.echo("  ask: the maintainers of ccguard", err=True)


if __name__ == "__main__":
    main()
