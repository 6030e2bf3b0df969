"""`kb gem`."""

from __future__ import annotations

from typing import Any

import click

from kb.cli.common import Context, pass_context, print_json
from kb.gems import confirming, evidence, gems, health
from kb.library import Library
from kb.models import Gem, GemStatus
from kb.values.gems import Seen


@click.group()
def gem() -> None:
    """The finds that were lifted out of reviews."""


def _plain(library: Library, one: Gem, seen: Seen) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "body": one.body,
        "status": one.status.value,
        "health": health.of(one, library.today()),
        "true_until": one.true_until.isoformat() if one.true_until else None,
        "owner": one.owner,
        "tags": gems.tag_names(one),
        "seen": {"reviews": seen.reviews, "people": seen.people, "last": seen.last, "contradict": seen.contradict},
        "worked": one.worked,
        "did_not_work": one.failed,
        "retired_for": one.retired_for,
        "replaced_by": one.replaced_by,
        "evidence": [
            {"review": passage.review_id, "quote": passage.quote, "state": passage.state, "stance": passage.stance}
            for passage in one.evidence
        ],
        "updated_at": one.updated_at.isoformat(),
        "url": f"/gems/{one.id}",
    }


@gem.command("list")
@click.option(
    "--status", type=click.Choice([s.value for s in GemStatus]), help="Only these; retired ones show only so."
)
@click.option("--due", is_flag=True, help="Those whose day has come, the most read first.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@pass_context
def listed(context: Context, status: str | None, due: bool, limit: int, as_json: bool) -> None:
    """Gems, the last changed first."""
    library = context.library
    if due and status not in (None, "published"):
        raise click.UsageError("Only published gems are due. Leave --status out.")
    if due:
        found, total = health.due(library, limit=limit)
    else:
        found, total = gems.listed(library, status=GemStatus(status) if status else None, limit=limit, unmasked=True)
    if as_json:
        seen = evidence.seen(library, found)
        print_json([_plain(library, one, seen[one.id]) for one in found])
        return
    today = library.today()
    for one in found:
        click.echo(f"{one.id:6} {health.of(one, today):9} {one.title}")
    click.echo(f"{total} gems" + (f", {len(found)} of them shown." if total > len(found) else "."))


@gem.command("show")
@click.argument("id", type=int)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@pass_context
def show(context: Context, id: int, as_json: bool) -> None:
    """One gem with its evidence and its health. A merged gem's number shows the one that it went into."""
    library = context.library
    one = gems.get(library, id, unmasked=True)
    seen = evidence.seen(library, [one])[one.id]
    if as_json:
        print_json(_plain(library, one, seen))
        return
    state = health.of(one, library.today())
    until = f", true until {one.true_until}" if state == "fresh" else ""
    click.echo(f"{one.title}\n{state}{until} · {', '.join(gems.tag_names(one))}")
    last = f", last {seen.last}" if seen.last else ""
    reviews = "1 review" if seen.reviews == 1 else f"{seen.reviews} reviews"
    people = "one person" if seen.people == 1 else f"{seen.people} people"
    click.echo(f"seen in {reviews} by {people}{last}, {seen.contradict} contradict\n\n{one.body}")
    for passage in one.evidence:
        against = "contradicted: " if passage.stance == "contradicts" else ""
        where = (
            f"review {passage.review_id}: {passage.review_title}" if passage.review_id else "a review that was erased"
        )
        click.echo(
            f"\n> {against}{passage.quote}\n  {where}" + ("" if passage.state == "there" else f" ({passage.state})")
        )
    _, waiting = confirming.proposed(library, one.id, unmasked=True, limit=0)
    if waiting:
        click.echo(f"\nSeen again in {waiting} reviews? /gems/{one.id}")


COMMANDS: list[click.Command] = [gem]
