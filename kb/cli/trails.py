"""`kb trail`: reading lists in order, out of a library and into another."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kb.cli.common import Context, pass_context, print_json, who
from kb.trails import interchange, trails
from kb.values.trails import TrailState


@click.group()
def trail() -> None:
    """Reading lists in order, for somebody who begins."""


@trail.command("list")
@click.option("--state", type=click.Choice([state.value for state in TrailState]), help="Only these.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@pass_context
def listed(context: Context, state: str | None, as_json: bool) -> None:
    """Every trail, the last changed first."""
    library = context.library
    states = [TrailState(state)] if state else list(TrailState)
    found = [one for each in states for one in trails.listed(library, each, limit=100_000)[0]]
    if as_json:
        print_json(
            [
                {"id": one.id, "title": one.title, "state": one.state.value, "kept_by": one.owner,
                 "steps": len(trails.steps(library, one.id)), "url": f"/trails/{one.id}"}
                for one in found
            ]
        )  # fmt: skip
        return
    for one in found:
        click.echo(f"{one.id:5} {one.state.value:9} {one.title}")
    click.echo(f"{len(found)} trail{'s' if len(found) != 1 else ''}.")


@trail.command("export")
@click.argument("id", type=int)
@pass_context
def export(context: Context, id: int) -> None:
    """Print a trail as YAML, for `kb trail import`. (As Markdown, to be read: on its page.)"""
    click.echo(interchange.dump(context.library, id), nl=False)


@trail.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_context
def bring_in(context: Context, file: Path) -> None:
    """Make the trails of a YAML file. What the library does not have is left out, and said."""
    missing = 0
    for made in interchange.load(context.library, file.read_text("utf-8-sig", errors="replace"), who=who()):
        count = len(trails.steps(context.library, made.trail.id))
        click.echo(f"Trail {made.trail.id}: {made.trail.title} ({made.trail.state.value}, {count} steps)")
        for sentence in made.missing:
            click.echo(sentence, err=True)
        missing += len(made.missing)
    if missing:
        sys.exit(1)


COMMANDS: list[click.Command] = [trail]
