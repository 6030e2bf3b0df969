"""Keeping the library: `init`, `reindex`, `doctor`, `backup`, `restore`, `export`."""

from __future__ import annotations

import sys
from pathlib import Path
from shlex import quote
from typing import NoReturn

import click
from tqdm import tqdm

from kb import exporting, keeping, library
from kb.cli.common import Context, again, pass_context
from kb.settings import ENGINES, Settings


@click.command()
@pass_context
def init(context: Context) -> None:
    """Make the library. Safe to repeat: what is there stays, an older one is brought up to date."""
    settings = context.settings()
    library.make(settings)
    _index(settings)
    click.echo(f"The library is at {settings.home}. Next:")
    for words in ("member add EMAIL --role admin", "ingest PATH", "serve"):
        click.echo(f"  {again(words)}")


@click.command()
@click.option("--engine", type=click.Choice(ENGINES), help="Default: the setting `engine`.")
@pass_context
def reindex(context: Context, engine: str | None) -> None:
    """Make the search index anew. The old one answers until the new one is whole; stopping loses nothing."""
    opened = library.Library(context.settings(engine=engine))
    try:
        total = keeping.documents(opened)
        with tqdm(total=total, unit=" documents", desc="Indexing", disable=not sys.stderr.isatty()) as bar:
            keeping.reindex(opened, progress=lambda count: _moved(bar, count))
        with tqdm(total=total, unit=" documents", desc="Meaning", disable=not sys.stderr.isatty()) as bar:
            keeping.remake_vectors(opened, progress=lambda count: _moved(bar, count))
    finally:
        opened.close()
    click.echo(f"Indexed {total:,} reviews and gems with {opened.settings.engine}.")
    if engine and engine != context.settings().engine:
        click.echo(f'Set KB_ENGINE={engine} (or engine = "{engine}" in kb.toml) to search with it.')


def _index(settings: Settings) -> None:
    opened = library.Library(settings)
    opened.catch_up()
    opened.close()


def _moved(bar: tqdm[NoReturn], count: int) -> None:
    bar.update(count)


@click.command()
@click.option("--fix", is_flag=True, help="Mend what can be mended, and empty the trash of what is old.")
@pass_context
def doctor(context: Context, fix: bool) -> int:
    """Compare the library with its index and check the files. Ends with 1 when something is wrong and was not mended."""
    findings = keeping.examine(context.library, fix=fix)
    for finding in findings:
        mark = "mended" if finding.mended else ("wrong" if finding.wrong else "well")
        click.echo(f"{mark:7} {finding.sentence}")
    return 1 if any(finding.wrong and not finding.mended for finding in findings) else 0


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_context
def backup(context: Context, file: Path) -> None:
    """Copy the whole library into one file, while it is in use."""
    size = keeping.backup(context.library, file)
    click.echo(
        f"{file} holds the library now ({size / 1e6:,.1f} MB). Bring it back with: kb restore {quote(str(file))}"
    )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask before putting the library there aside.")
@pass_context
def restore(context: Context, file: Path, yes: bool) -> None:
    """Bring a backup back. The library that is there now is kept beside it, under another name."""
    settings = context.settings()
    if settings.database.exists() and not yes:
        click.confirm(f"There is a library at {settings.home}. Put it aside and bring {file} back?", abort=True)
    aside = keeping.restore(settings, file)
    if aside:
        click.echo(f"The library that was there is kept as {aside}.")
    _index(settings)
    click.echo(f"{settings.home} holds the backup's library now.")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(exporting.FORMATS),
    default="ndjson",
    show_default=True,
    help="One file of lines, or a file a review.",
)
@pass_context
def export(context: Context, folder: Path, format_: str) -> None:
    """Write reviews, gems, tags and trails as files. `kb ingest` reads them back, and `kb trail import` the trails.

    Words that mean the same, rules of topics, questions, members and histories are not in them: `kb backup` has everything.
    """
    count = exporting.export(context.library, folder, format_)
    bring = f"kb ingest {quote(str(folder))}"
    click.echo(f"{folder} holds {count:,} reviews now. Bring them into another library with: {bring}")
    if (walks := folder / exporting.TRAILS).exists():
        click.echo(f"Its trails, after that, with: kb trail import {quote(str(walks))}")


COMMANDS: list[click.Command] = [init, reindex, doctor, backup, restore, export]
