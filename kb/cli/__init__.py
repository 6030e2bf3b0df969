"""The command `kb`: the only place that prints, asks and exits.

Exit codes: 0 done; 1 done in part (something was set aside: the report says what); 2 wrong usage; 3 could not.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module

import click

from kb import __version__, settings
from kb.cli.common import Context
from kb.errors import KbError

# Which module of kb.cli has which commands. Each is loaded when it is called: together they take most of a second.
_COMMANDS = {
    "keep": ("init", "reindex", "doctor", "backup", "restore", "export"),
    "ingest": ("ingest",), "find": ("search",), "serve": ("serve",), "demo": ("demo",), "members": ("member", "token"),
    "tags": ("tag",), "bulk": ("bulk",), "gems": ("gem",), "trails": ("trail",), "digest": ("digest",),
}  # fmt: skip


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click gives it
        return sorted(name for names in _COMMANDS.values() for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click gives it
        for module, names in _COMMANDS.items():
            if cmd_name in names:
                commands: list[click.Command] = import_module(f"kb.cli.{module}").COMMANDS
                return next(command for command in commands if command.name == cmd_name)
        return None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=str),  # "" is none, as an unset variable gives it
    help="The library's folder.  [env: KB_HOME; default: ./instance]",
)
@click.version_option(__version__, prog_name="kb")
@click.pass_context
def cli(context: click.Context, home: str | None) -> None:
    """A searchable knowledge repository made from customer-support and customer-success reviews."""
    context.obj = context.with_resource(Context(lambda **overrides: settings.load(home, **overrides)))


def _in_words(error: OSError) -> str:
    what = error.strerror or str(error)
    return f"{what}: {error.filename}" if error.filename else f"{what}."


def main() -> None:
    """Run the command line; every KbError becomes its sentence and its exit code, here and nowhere else; so does what the
    system refuses."""
    try:
        code = cli.main(standalone_mode=False)
    except KbError as error:
        click.echo(f"kb: {error}", err=True)
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        click.echo("kb: stopped.", err=True)
        sys.exit(3)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # Whoever read our output went away (`kb search … | head`): not a failure of ours, nor one to write about.
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        # What no use case could foresee and the system says in a few words: a folder that may not be entered, a full disk.
        click.echo(f"kb: {_in_words(error)}", err=True)
        with suppress(OSError):
            sys.stdout.close()  # what cannot be written is not tried once more at the end
        sys.exit(3)
    sys.exit(code if isinstance(code, int) else 0)
