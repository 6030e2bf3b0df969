"""`kb digest`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import click

from kb.cli.common import Context, pass_context, print_json, who
from kb.digest import choosing, contents, delivery, dryrun, editions, queueing, settling
from kb.digest.delivery import Report
from kb.errors import NotFound
from kb.library import Library
from kb.values.digest import Edition, EditionState
from kb.weeks import Week

_WORDS = {
    EditionState.DRAFT: "a draft",
    EditionState.APPROVED: "approved, going out",
    EditionState.SENT: "out",
    EditionState.EMPTY: "empty: nothing worth sending, so nothing goes out",
    EditionState.HELD: "not approved in time, so it did not go out",
}
_week = click.option("--week", "week", metavar="YEAR-Wnn", help="Another week than the one in hand, such as 2026-W47.")
_json = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


@click.group()
def digest() -> None:
    """The weekly edition: drafted, approved, sent once."""


def _chosen(library: Library, week: str | None) -> Edition:
    return editions.get(library, Week.parse(week)) if week else editions.current(library)


def plain(library: Library, edition: Edition) -> dict[str, Any]:
    """An edition as the command prints it."""
    whole = contents.of_edition(library, edition)
    counts = settling.counts(library, edition)
    return {
        "week": str(edition.week),
        "state": edition.state.value,
        "subject": whole.subject if whole else "",
        "drafted_at": edition.drafted_at.isoformat(),
        "send_at": edition.send_at.isoformat(),
        "approved_by": edition.approved_by,
        "sent_at": edition.sent_at.isoformat() if edition.sent_at else None,
        "opening": edition.opening,
        "gems": [
            {"id": s.id, "title": s.title, "why": s.reason, "worth": round(s.score, 2), "url": s.url}
            for s in whole.stories
        ],
        "questions": [{"id": q.id, "text": q.text, "why": q.reason} for q in whole.questions],
        "retired": [{"id": g.id, "title": g.title, "why": g.reason} for g in whole.gone],
        "numbers": dict(edition.numbers),
        "left_out": list(whole.left_out),
        "deliveries": {
            f"{channel.value}": {s.value: n for s, n in states.items()} for channel, states in counts.items()
        },
        "trouble": edition.trouble,
        "url": f"/digest/{edition.week}",
    }


@digest.command("draft")
@_week
@click.option("--again", is_flag=True, help="Choose anew what is in a draft that is there already.")
@_json
@pass_context
def draft(context: Context, week: str | None, again: bool, as_json: bool) -> None:
    """Draft the edition of a week: by default this one. A draft that is there already stays as it is."""
    library = context.library
    wanted = Week.parse(week) if week else editions.this_week(library)
    drafting = editions.draft(library, wanted, who(), again=again)
    if drafting.made:
        queueing.tell_curators(library, drafting.edition)
    if as_json:
        passed = [{"id": p.candidate.id, "title": p.candidate.title, "why": p.why} for p in drafting.passed]
        print_json(plain(library, drafting.edition) | {"made": drafting.made, "passed_over": passed})
        return
    if not drafting.made:
        click.echo(f"{wanted} has an edition already; --again chooses anew.\n")
    _print(library, drafting.edition)
    for one in drafting.passed[: choosing.MOST]:
        click.echo(f"  left: {one.candidate.title[:70]} ({one.why})")


@digest.command("show")
@_week
@_json
@pass_context
def show(context: Context, week: str | None, as_json: bool) -> None:
    """What is in an edition, and how its deliveries stand."""
    library = context.library
    edition = _chosen(library, week)
    if as_json:
        print_json(plain(library, edition))
        return
    _print(library, edition)
    for channel, states in settling.counts(library, edition).items():
        click.echo(f"  {channel.value}: " + ", ".join(f"{count} {state.value}" for state, count in states.items()))
    if edition.trouble:
        click.echo(f"  trouble: {edition.trouble}")


def _print(library: Library, edition: Edition) -> None:
    whole = contents.of_edition(library, edition)
    click.echo(f"{edition.week} ({edition.week.label}) is {_WORDS[edition.state]}.")
    if whole:
        click.echo(f"Subject: {whole.subject}")
    for place, story in enumerate(whole.stories, 1):
        click.echo(f"  {place}. {story.title}\n     {story.reason}")
    for asked in whole.questions:
        click.echo(f"  ? {asked.text} ({asked.reason})")
    for gone in whole.gone:
        click.echo(f"  no longer needed: {gone.title} ({gone.reason})")
    for sentence in whole.left_out:
        click.echo(f"  left out: {sentence}")
    if not library.settings.base_url:
        click.echo(f"Links lead to {contents.base_url(library)}, since KB_BASE_URL is not set.")


@digest.command("approve")
@_week
@click.option("--wait", is_flag=True, help="Let it wait for the hour that is set, not go with the next run.")
@_json
@pass_context
def approve(context: Context, week: str | None, wait: bool, as_json: bool) -> None:
    """Let an edition go out. A second time changes nothing."""
    library = context.library
    edition = editions.approve(library, _chosen(library, week).week, who(), wait=wait)
    if as_json:
        print_json(plain(library, edition))
        return
    released = (edition.released_at or edition.send_at).astimezone(library.zone)
    click.echo(f"{edition.week} is approved and goes out from {released:%A %H:%M} on, with: kb digest send")


@digest.command("send")
@_week
@click.option(
    "--dry-run",
    "folder",
    is_flag=False,
    flag_value="digest-dry-run",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="[DIR]",
    help="Write the messages into a folder, mails as .eml, and send nothing.",
)
@_json
@pass_context
def send(context: Context, week: str | None, folder: Path | None, as_json: bool) -> int:
    """Do what is due: draft, release, send. Made for cron: safe every minute, and several at once."""
    library = context.library
    if folder is not None:
        return _dry_run(library, _chosen(library, week), folder, as_json)
    report = delivery.run(library, Week.parse(week) if week else None)
    if as_json:
        print_json(_plain_report(report))
    else:
        _print_report(library, report, week)
    return 1 if report.troubles else 0


def _dry_run(library: Library, edition: Edition, folder: Path, as_json: bool) -> int:
    written = dryrun.write(library, edition, folder)
    if as_json:
        print_json({"week": str(edition.week), "folder": str(folder), "written": written.names, "not": written.reasons})
    else:
        click.echo(f"{len(written.names)} messages of {edition.week} are in {folder}; nothing was sent.")
        for reason, count in written.reasons.items():
            click.echo(f"  {count} {'member gets' if count == 1 else 'members get'} none: {reason}")
    return 0


def _plain_report(report: Report) -> dict[str, Any]:
    names = ("sent", "waiting", "refused", "uncertain", "skipped")
    return {
        "drafted": report.drafted,
        "released": report.released,
        **{name: report.states.get(name, 0) for name in names},
        "troubles": report.troubles,
    }


def _print_report(library: Library, report: Report, week: str | None) -> None:
    for one in report.drafted:
        click.echo(f"{one} is drafted.")
    for one in report.released:
        click.echo(f"{one} goes out as drafted.")
    for state, count in sorted(report.states.items()):
        click.echo(f"{count} {'put off' if state == 'waiting' else state}")
    for sentence in report.troubles:
        click.echo(f"kb: {sentence}", err=True)
    if not report.states and not report.troubles and not report.drafted:
        click.echo(_nothing(library, week))


def _nothing(library: Library, week: str | None) -> str:
    try:
        edition = _chosen(library, week)
    except NotFound:
        return "Nothing is due: there is no edition yet."
    if edition.state is EditionState.DRAFT:
        return f"Nothing is due: {edition.week} is a draft. Approve it with: kb digest approve --week {edition.week}"
    if edition.state is EditionState.EMPTY:
        return f"Nothing to send: {edition.week} is empty."
    return f"Nothing is due: {edition.week} is {_WORDS[edition.state]}."


@digest.command("bounced")
@click.argument("file", type=click.File("rb"))
@pass_context
def bounced(context: Context, file: BinaryIO) -> int:
    """Take in a mail that came back (FILE or -). Its address is tried no more. Made for a mail server's pipe."""
    found = settling.note_bounces(context.library, file.read())
    for address, reason, known in found:
        click.echo(f"{address}: {reason}" if known else f"{address} was no mail of this library; nothing was noted.")
    if not found:
        click.echo("That mail gives up no address; nothing was noted.")
    return 0


COMMANDS: list[click.Command] = [digest]
