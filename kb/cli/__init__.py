"""The command `kb`: the only place that prints, asks and exits.

Exit codes: 0 done; 1 done in part (something was set aside: the report says what); 2 wrong usage; 3 could not.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kb import __version__, settings
from kb.cli import bulk, demo, digest, find, gems, ingest, keep, members, serve, tags, trails
from kb.cli.common import Context
from kb.errors import KbError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="The library's folder.  [env: KB_HOME; default: ./instance]",
)
@click.version_option(__version__, prog_name="kb")
@click.pass_context
def cli(context: click.Context, home: Path | None) -> None:
    """A searchable knowledge repository made from customer-support and customer-success reviews."""
    context.obj = context.with_resource(Context(lambda **overrides: settings.load(home, **overrides)))


for module in (keep, ingest, find, serve, demo, members, tags, bulk, gems, trails, digest):
    for command in module.COMMANDS:
        cli.add_command(command)


def main() -> None:
    """Run the command line; every KbError becomes its sentence and its exit code, here and nowhere else."""
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
    sys.exit(code if isinstance(code, int) else 0)
