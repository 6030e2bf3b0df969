"""`kb demo`: a throw-away library with the samples, served."""

from __future__ import annotations

import secrets
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

import click

from kb import library, members, resources
from kb import settings as all_settings
from kb.cli import serve
from kb.digest import delivery, editions
from kb.finding import meaning
from kb.gems import health
from kb.intake import alongside, intake
from kb.intake.intake import IntakeOptions
from kb.library import Library
from kb.models import Role
from kb.trails import assigning, interchange
from kb.values.digest import EditionState

_PEOPLE = (
    ("reader@demo.example", "Robin Reader", Role.READER),
    ("reviewer@demo.example", "Rosa Reviewer", Role.REVIEWER),
    ("curator@demo.example", "Chris Curator", Role.CURATOR),
    ("admin@demo.example", "Ada Admin", Role.ADMIN),
)
_LEFT_DUE = 5  # gems
_ALL = 1000


def _free_port(wanted: int) -> int:
    """The wanted port, or any free one when something listens there already."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return wanted


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Default: 8765, or a free one when that is taken.")
@click.pass_context
def demo(context: click.Context, port: int | None) -> None:
    """Serve the sample library, to try kb. It lies in a folder that is thrown away at the end."""
    if context.parent is not None and context.parent.params.get("home") is not None:
        raise click.UsageError(
            "kb demo makes a library of its own and throws it away; leave --home out. For a library that stays:"
            " kb --home FOLDER init"
        )
    with tempfile.TemporaryDirectory(prefix="kb-demo-") as folder:
        settings = all_settings.load(
            Path(folder) / "library",
            name="Orrinvale library",
            host="127.0.0.1",
            workers=1,
            port=_free_port(8765 if port is None else port),
        )
        password = secrets.token_urlsafe(9)
        fill(settings, password)
        click.echo(f"\nkb demo:   http://127.0.0.1:{settings.port}")
        click.echo(f"sign in:   curator@demo.example   password: {password}")
        click.echo("           (also reader@, reviewer@ and admin@demo.example, same password)")
        click.echo("Ctrl-C ends it and throws the library away.\n")
        serve.run(settings)


def fill(settings: all_settings.Settings, password: str) -> None:
    """Make a library with the samples and one member of each role."""
    library.make(settings)
    opened = Library(settings)
    try:
        report = intake.ingest(opened, [str(resources.folder("examples"))], IntakeOptions(), who="kb demo")
        click.echo(f"Loaded {report.added} sample reviews.")
        for email, name, role in _PEOPLE:
            members.add(opened, email, role=role, password=password, name=name)
        _look_after(opened)
        _trails(opened)
        _edition(opened)
        _prepare_meaning(opened)
    finally:
        opened.close()


def _look_after(opened: Library) -> None:
    """The gems as a team has them that goes through its queue, however old the samples have grown: a few wait in it."""
    curator = members.by_email(opened, "curator@demo.example")
    waiting, _ = health.due(opened, limit=_ALL)
    for gem in waiting[_LEFT_DUE:]:
        health.verify(opened, gem.id, curator)


def _trails(opened: Library) -> None:
    """The sample trails, kept by the curator, the first of them assigned to the reader and to whoever joins."""
    curator = members.by_email(opened, "curator@demo.example")
    text = (resources.folder("examples") / "trails.yaml").read_text("utf-8")
    first, *_ = interchange.load(opened, text, who="kb demo", owner=curator)
    assigning.assign(opened, first.trail.id, "member", curator, email="reader@demo.example")
    assigning.assign(opened, first.trail.id, "joiners", curator)


def _edition(opened: Library) -> None:
    """The weekly edition as it is after somebody approved it; no mail goes out, since nobody asked for one."""
    week = editions.this_week(opened)
    if editions.draft(opened, week, "kb demo").edition.state is not EditionState.EMPTY:
        editions.approve(opened, week, "Chris Curator")
        delivery.run(opened, week)


def _prepare_meaning(opened: Library) -> None:
    """The vectors, before anybody asks. A process of its own makes them: the server's are forked from this one, which
    therefore must not hold the model."""
    if not meaning.is_on(opened):
        return
    click.echo("Preparing to find by meaning, which takes some seconds ...")
    with suppress(OSError), alongside.start("kb.finding.meaning", opened.settings, "at-once") as process:
        try:
            process.wait()
        finally:
            if process.stdin is not None:
                process.stdin.close()  # which ends it


COMMANDS: list[click.Command] = [demo]
