"""`kb search`."""

from __future__ import annotations

import sys
from typing import Any

import click

from kb import members, privacy
from kb.cli.common import Context, again, pass_context, print_json
from kb.errors import Conflict, UsageError
from kb.finding import finding
from kb.finding.hits import FoundHit


@click.command()
@click.argument("query", required=False)
@click.option(
    "--queries",
    type=click.File("r", encoding="utf-8", errors="replace"),
    help="One query a line; - for standard input.",
)
@click.option("--limit", type=click.IntRange(0, 1000), default=10, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0)
@click.option("--sort", type=click.Choice(["relevance", "newest"]), default="relevance", show_default=True)
@click.option(
    "--as",
    "email",
    metavar="EMAIL",
    help="Search as this member would: what they may not see is not searched.",
)
@click.option("--exact", is_flag=True, help="Only what is typed: no spelling put right, no words that mean the same.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a query.")
@pass_context
def search(
    context: Context,
    query: str | None,
    queries: Any,
    limit: int,
    offset: int,
    sort: str,
    email: str | None,
    exact: bool,
    as_json: bool,
) -> None:
    """Search the library.

    docs/query-language.md has the whole language.
    """
    if (query is None) == (queries is None):
        raise UsageError("Give either a query or --queries FILE.")
    library = context.library
    unmasked = True
    if email:
        asker = members.by_email(library, email)
        if not asker.active:
            raise Conflict("%(email)s is kept out, and sees nothing.", email=asker.email)
        unmasked = privacy.sees_scores(library.settings, asker.role)
    if not library.catch_up():
        fix = again("doctor")
        click.echo(
            f"Not everything can be found yet: the index is behind. It catches up by itself, or {fix} says why not.",
            err=True,
        )
    for line in [query] if query is not None else queries:
        found = finding.search(
            library, (line or "").rstrip("\r\n"), unmasked=unmasked, sort=sort, limit=limit, offset=offset,
            exact=exact,
        )  # fmt: skip
        if as_json:
            print_json(finding.as_json(found))
        else:
            _print(found)
        sys.stdout.flush()


def _print(found: finding.Found) -> None:
    for note in finding.said(found):
        click.echo(f"({note})")
    click.echo(f"{found.total:,} found" + (" with some of the words" if found.relaxed else ""))
    if found.corrected:
        click.echo("What was typed: kb search --exact")
    elif found.did_you_mean:
        click.echo(f"Did you mean: {found.did_you_mean}")
    for entry in found.entries:
        click.echo("")
        _print_hit(entry.lead, entry.lead.snippet)
        for hit in entry.within:
            said = "from the review " if hit.type == "review" else "a gem was made from this: "
            _print_hit(hit, "" if entry.repeats(hit) else hit.snippet, indent="    ", said=said)
        named = () if entry.within else entry.named[:1]
        for source in named:
            about = [source.title, f"{source.date:%Y-%m-%d}" if source.date else "", f"/reviews/{source.id}"]
            click.echo("    from the review " + " · ".join(part for part in about if part))
        if more := len(entry.named) - len(named):
            click.echo(f"    and from {more} more " + ("review" if more == 1 else "reviews"))


def _print_hit(hit: FoundHit, snippet: str, *, indent: str = "", said: str = "") -> None:
    glyph = "◆ " if hit.type == "gem" else ""
    click.echo(f"{indent}{said}{glyph}{click.style(hit.title, bold=not indent)}")
    about = [
        hit.kind or hit.type,
        "found by meaning" if hit.found_by == "meaning" else "",
        f"{hit.date:%Y-%m-%d}" if hit.date else "",
        "" if indent else ", ".join(hit.tags),
        hit.url,
    ]
    click.echo(f"{indent}  " + " · ".join(part for part in about if part))
    if snippet:
        click.echo(f"{indent}  " + " ".join(snippet.split()))


COMMANDS: list[click.Command] = [search]
