"""`kb tag`."""

from __future__ import annotations

import click

from kb import tag_merging, tags
from kb.cli.common import Context, pass_context, print_json, who
from kb.models import Tag


@click.group()
def tag() -> None:
    """Topics: list, rename, merge."""


def _plain(one: Tag) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "definition": one.definition,
        "aliases": list(one.aliases),
        "parent": one.parent_name or None,
        "reviews": one.reviews,
        "gems": one.gems,
    }


@tag.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@pass_context
def listed(context: Context, as_json: bool) -> None:
    """All tags, with how many reviews and gems carry them."""
    found = tags.listed(context.library)
    if as_json:
        print_json([_plain(one) for one in found])
        return
    for one in found:
        also = f"  (= {', '.join(one.aliases)})" if one.aliases else ""
        click.echo(f"{one.reviews:6} reviews {one.gems:5} gems  {one.name}{also}")
    if not found:
        click.echo("No tags yet. They come with what you bring in: kb ingest PATH --tag NAME")


@tag.command("show")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@pass_context
def show(context: Context, name: str, as_json: bool) -> None:
    """One tag, by its name or an alias."""
    one = tags.named(context.library, name)
    if as_json:
        print_json(_plain(one))
        return
    click.echo(one.name)
    for label, value in (("also", ", ".join(one.aliases)), ("under", one.parent_name), ("", one.definition)):
        if value:
            click.echo(f"{label + ': ' if label else ''}{value}")
    click.echo(f"{one.reviews} reviews, {one.gems} gems")


@tag.command("rename")
@click.argument("name")
@click.argument("new_name")
@pass_context
def rename(context: Context, name: str, new_name: str) -> None:
    """Give a tag another name; the old one stays as an alias."""
    library = context.library
    renamed = tags.rename(library, tags.named(library, name).id, new_name, who())
    library.catch_up()
    click.echo(f"{name} is called {renamed.name} now.")


@tag.command("merge")
@click.argument("name")
@click.argument("into")
@pass_context
def merge(context: Context, name: str, into: str) -> None:
    """Move everything of tag NAME to tag INTO; NAME becomes an alias."""
    library = context.library
    kept = tag_merging.merge(library, tags.named(library, name).id, tags.named(library, into).id, who())
    library.catch_up()
    click.echo(f"{name} is part of {kept.name} now: {kept.reviews} reviews, {kept.gems} gems.")


COMMANDS: list[click.Command] = [tag]
