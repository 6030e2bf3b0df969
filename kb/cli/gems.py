"""`kb gem`."""

from __future__ import annotations

from typing import Any

import click

from kb import gems
from kb.cli.common import Context, pass_context, print_json
from kb.models import Gem, GemStatus


@click.group()
def gem() -> None:
    """The finds that were lifted out of reviews."""


def _plain(one: Gem) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "body": one.body,
        "status": one.status.value,
        "tags": gems.tag_names(one),
        "evidence": [{"review": passage.review_id, "quote": passage.quote} for passage in one.evidence],
        "updated_at": one.updated_at.isoformat(),
        "url": f"/gems/{one.id}",
    }


@gem.command("list")
@click.option(
    "--status", type=click.Choice([s.value for s in GemStatus]), help="Only these; retired ones show only so."
)
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@pass_context
def listed(context: Context, status: str | None, limit: int, as_json: bool) -> None:
    """Gems, the last changed first."""
    found, total = gems.listed(context.library, status=GemStatus(status) if status else None, limit=limit)
    if as_json:
        print_json([_plain(one) for one in found])
        return
    for one in found:
        click.echo(f"{one.id:6} {one.status.value:9} {one.title}")
    click.echo(f"{total} gems" + (f", {len(found)} of them shown." if total > len(found) else "."))


@gem.command("show")
@click.argument("id", type=int)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@pass_context
def show(context: Context, id: int, as_json: bool) -> None:
    """One gem with its evidence."""
    one = gems.get(context.library, id)
    if as_json:
        print_json(_plain(one))
        return
    click.echo(f"{one.title}\n{one.status.value} · {', '.join(gems.tag_names(one))}\n\n{one.body}")
    for passage in one.evidence:
        click.echo(f"\n> {passage.quote}\n  review {passage.review_id}: {passage.review_title}")


COMMANDS: list[click.Command] = [gem]
