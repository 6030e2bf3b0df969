"""`kb bulk`: many reviews changed at once."""

from __future__ import annotations

import sys

import click
from tqdm import tqdm

from kb.cli.common import Context, pass_context, who
from kb.tags import bulk, deeds


@click.command("bulk")
@click.argument("work", type=click.Choice(bulk.KINDS), required=False)
@click.argument("value", required=False, default="")
@click.option("--search", "question", default="", help="Which reviews: all that this finds.")
@click.option("--undo", "undone", type=int, help="Undo bulk work by its number.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_context
def bulk_work(context: Context, work: str | None, value: str, question: str, undone: int | None, yes: bool) -> None:
    """Change many reviews at once.

    Put tag VALUE on them (tag), take it off (untag), set their product or team to VALUE, or throw them away (trash).
    Without WORK it lists what was done last.
    """
    library = context.library
    if undone is not None:
        deed, back = deeds.undo(library, undone, who())
        library.catch_up()
        click.echo(f"Undone on {back:,} of {deed.total:,} reviews.")
        return
    if work is None:
        latest = bulk.latest(library)
        if not latest:
            click.echo("Nothing was done to many reviews at once yet.")
        for deed in latest:
            click.echo(f"{deed.id:6} {deed.at:%Y-%m-%d %H:%M} {deeds.in_words(deed)} ({deed.state})")
        return
    if not question:
        raise click.UsageError("Say which reviews: --search QUERY")
    found = bulk.by_search(library, question, {}, unmasked=True)
    plan = bulk.plan(library, work, value, found, who())
    for row in bulk.first_rows(library, plan.review_ids[:10], unmasked=True):
        click.echo(f"  {row.id:6} {row.title}")
    click.echo(f"{plan.deed.total:,} reviews would change; {plan.left_out:,} are so already.")
    if not yes:
        click.confirm("Do it?", abort=True)
    with tqdm(total=plan.deed.total, unit=" reviews", disable=not sys.stderr.isatty()) as bar:

        def progress(count: int) -> None:
            bar.update(count - bar.n)

        done = bulk.carry_out(library, plan.deed.id, who(), progress)
    library.catch_up()
    click.echo(f"Done on {done.total:,} reviews. Undo it with: kb bulk --undo {done.id}")


COMMANDS: list[click.Command] = [bulk_work]
