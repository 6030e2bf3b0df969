"""`kb ingest`: bring reviews in, with a bar on a terminal and plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from tqdm import tqdm

from kb.cli.common import Context, again, pass_context, print_json, who
from kb.errors import UsageError
from kb.ingest import mapping as mappings
from kb.ingest.csv_ import NO_HEADER
from kb.ingest.detect import FORMATS
from kb.ingest.record import NO_TEXT
from kb.intake import carrying_out, intake, runs, set_aside
from kb.intake.intake import DEFAULT_SOURCE, IntakeOptions, Progress, Report
from kb.tags import personal

_LINE_EVERY_SECONDS = 10.0
_REASONS_SHOWN = 20


@click.command()
# What may not be read is set aside with its reason, and the others come in.
@click.argument("paths", nargs=-1, type=click.Path(readable=False))
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Default: found out by name and content.")
@click.option("--mapping", type=click.Path(dir_okay=False), help="What other people's columns mean (docs/formats.md).")
@click.option(
    "--source",
    show_default=f"{DEFAULT_SOURCE}; with --retry, the run's",
    help="Where it comes from; ids are told apart by it.",
)
@click.option(
    "--replace",
    "replace_",
    is_flag=True,
    help="Let rows take the place of the reviews that have their ids, however different these are.",
)
@click.option("--tag", "tags", multiple=True, help="Put this tag on every review. Can be given several times.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; store nothing.")
@click.option(
    "--retry",
    "retried",
    type=int,
    metavar="RUN",
    help="Bring in what that run set aside (PATHS: the mended rows).",
)
@click.option(
    "--discard",
    "discarded",
    type=int,
    metavar="RUN",
    help="Erase for good what that run set aside and nobody mended, or drop an upload that waits. Asks first.",
)
@click.option("--yes", is_flag=True, help="With --discard: do not ask.")
@click.option("--run", "run_id", type=int, hidden=True, help="Carry out a run that was planned in the browser.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object.")
@pass_context
def ingest(
    context: Context,
    paths: tuple[str, ...],
    format_: str | None,
    mapping: str | None,
    source: str | None,
    replace_: bool,
    tags: tuple[str, ...],
    dry_run: bool,
    retried: int | None,
    discarded: int | None,
    yes: bool,
    run_id: int | None,
    as_json: bool,
) -> int:
    """Bring reviews in from files, folders, globs or - (standard input).

    Markdown with front matter, NDJSON, JSON, CSV, TSV and transcripts (.vtt, .srt) are understood. Bringing the same in
    again changes nothing; what cannot be taken is set aside with its reason and can be brought in after mending.
    """
    if discarded is not None:
        if paths or retried is not None or dry_run:
            raise UsageError("--discard RUN stands alone: it takes no PATH, no --retry and no --dry-run.")
        _discard(context, discarded, yes=yes, as_json=as_json)
        return 0
    options = IntakeOptions(
        source=source or DEFAULT_SOURCE,
        format=format_ or "",
        mapping=mappings.load(mapping) if mapping else None,
        tags=tags,
        replace=replace_,
    )
    with _says_how_far_it_came(), _shown_progress() as progress:
        if run_id is not None:
            report = carrying_out.carry_out(context.library, run_id)
        elif retried is not None:
            report = carrying_out.retry(context.library, retried, options, who=who(), mended=paths, source=source or "")
        elif not paths:
            raise UsageError("Name what to bring in: kb ingest PATH …, or - for standard input.")
        elif dry_run:
            report = intake.preview(context.library, paths, options, progress=progress)
        else:
            report = intake.ingest(context.library, paths, options, who=who(), progress=progress)
    if as_json:
        print_json(_plain(report) | ({"still_set_aside": report.still_aside} if retried is not None else {}))
    else:
        _print(report, dry_run)
        if report.still_aside:
            rows = "1 row is" if report.still_aside == 1 else f"{report.still_aside:,} rows are"
            click.echo(f"Of run {retried}, {rows} still set aside: {again(f'ingest --retry {retried}')} [MENDED FILE]")
    return 1 if report.skipped_count else 0


def _discard(context: Context, run_id: int, *, yes: bool, as_json: bool) -> None:
    """Erase what a run set aside, or drop an upload that waits, once somebody has said so."""
    waits = runs.get(context.library, run_id).state == "planned"
    count = runs.open_count(context.library, run_id)
    rows = "1 row" if count == 1 else f"{count:,} rows"
    if not yes and (waits or count):
        asked = f"Drop the upload {run_id}, which waits?" if waits else f"Erase {rows} that run {run_id} set aside?"
        click.confirm(f"{asked} This cannot be undone.", abort=True, err=True)
    if waits:
        runs.discard(context.library, run_id)
        said = f"The upload {run_id} is dropped. Nothing was brought in."
    else:
        count = set_aside.erase(context.library, run_id, who=who())
        said = f"{rows} that run {run_id} set aside {'is' if count == 1 else 'are'} erased."
    if as_json:
        print_json({"run": run_id, "erased": 0 if waits else count})
    else:
        click.echo(said)


def _plain(report: Report) -> dict[str, object]:
    return {
        "run": report.run_id,
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "skipped": [{"source": s.source, "location": s.location, "reason": s.reason} for s in report.skipped],
        "skipped_total": report.skipped_count,
        "left_out_topics": sorted(report.left_out.values()),
    }


def _print(report: Report, dry_run: bool) -> None:
    verb = "Would be" if dry_run else "Done:"
    click.echo(
        f"{verb} added {report.added:,} · updated {report.updated:,} · unchanged {report.unchanged:,}"
        f" · set aside {report.skipped_count:,}"
    )
    for row in report.skipped[:_REASONS_SHOWN]:
        click.echo(f"  {row.source}, {row.location}: {row.reason}" if row.location else f"  {row.source}: {row.reason}")
    if report.skipped_count > _REASONS_SHOWN:
        click.echo(f"  … and {report.skipped_count - _REASONS_SHOWN:,} more (all of them with --json)")
    if said := personal.left_out_sentence(report.left_out.values()):
        click.echo(said)
    if report.index_behind:
        fix = again("doctor --fix")
        click.echo(f"Everything is stored, but the search index is not up to date yet: {fix} brings it along.")
    kept = [row for row in report.skipped if row.content]
    if kept and not dry_run:
        retry = again(f"ingest --retry {report.run_id}")
        unknown = [row for row in kept if row.reason.startswith((NO_HEADER, NO_TEXT))]
        if unknown:
            click.echo(f"Say what other people's columns or keys mean, and bring them in: {retry} --mapping FILE")
        if len(unknown) < len(kept):
            these = "The others" if unknown else "They"
            click.echo(f"{these} are kept whole. Mend them and bring them in: {retry} [MENDED FILE]")


@contextmanager
def _says_how_far_it_came() -> Iterator[None]:
    """What Ctrl-C left behind, in a sentence; that it was stopped says the door itself."""
    try:
        yield
    except intake.Interrupted as stopped:
        if sys.stderr.isatty():
            click.echo(err=True)  # the terminal wrote ^C
        there = "1 row is" if stopped.rows == 1 else f"{stopped.rows:,} rows are"
        click.echo(f"{there} in, and stay. The same command goes on from there.", err=True)
        raise click.Abort from stopped


@contextmanager
def _shown_progress() -> Iterator[Callable[[Progress], None]]:
    """A bar on a terminal, a line every ten seconds elsewhere; both on standard error."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    with tqdm(unit="B", unit_scale=True, unit_divisor=1024, leave=False, desc="Bringing in") as bar:

        def show(progress: Progress) -> None:
            bar.total = max(progress.total_bytes, progress.done_bytes) or None
            bar.set_postfix_str(f"{progress.rows:,} rows", refresh=False)
            bar.update(progress.done_bytes - bar.n)

        yield show


def _lines() -> Callable[[Progress], None]:
    began = last = time.monotonic()

    def say(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < _LINE_EVERY_SECONDS:
            return
        last = now
        rate = progress.rows / (now - began)
        share = progress.done_bytes / progress.total_bytes if progress.total_bytes else 0.0
        left = f", about {(now - began) * (1 - share) / share:,.0f} s left" if share else ""
        click.echo(f"{progress.rows:,} rows, {rate:,.0f} a second{left}", err=True)

    return say


COMMANDS: list[click.Command] = [ingest]
