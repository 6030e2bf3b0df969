"""Looking after the library: the index made anew, a check-up, backups."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kb import reviews
from kb.errors import LibraryError, SearchIndexError, UsageError
from kb.finding import meaning, searches
from kb.finding.indexing import LibraryFeed
from kb.intake import runs
from kb.library import Library
from kb.questions import upkeep as question_upkeep
from kb.settings import Settings
from kb.store import database, upkeep
from kb.tags import personal
from kb.trails import replays, trails


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check-up looked at, in a sentence."""

    sentence: str
    wrong: bool = False
    mended: bool = False


def documents(library: Library) -> int:
    """How many reviews and gems the index is made of."""
    return LibraryFeed(library).count()


def reindex(library: Library, progress: Callable[[int], None] | None = None) -> None:
    """Make the index anew beside the old one, then swap. Raises IndexBusy, SearchIndexError."""
    library.engine.rebuild(LibraryFeed(library), progress)


def remake_vectors(library: Library, progress: Callable[[int], None] | None = None) -> bool:
    """Make what is searched by meaning anew; False where that is off. Raises IndexBusy, SearchIndexError."""
    if not meaning.is_on(library):
        return False
    meaning.make_anew(library, progress)
    return True


def examine(library: Library, *, fix: bool = False) -> list[Finding]:
    """Check the library's file and compare it with the index; with `fix` mend what can be mended."""
    findings = [*_database(library), *_index(library, fix), *_meaning(library, fix), *_topics(library)]
    if fix and (gone := reviews.empty_trash(library)):
        library.catch_up()
        findings.append(
            Finding(f"{gone} reviews lay in the trash for over {library.settings.trash_days} days and were erased.")
        )
    if fix:
        searches.forget_old(library)
    if fix and (dropped := runs.drop_forgotten(library)):
        findings.append(Finding(f"{dropped} uploads that nobody confirmed or finished for a week were removed."))
    if fix and (gone := runs.forget_mended(library)):
        findings.append(
            Finding(
                f"{gone} rows that were mended over {library.settings.trash_days} days ago were erased as they came."
            )
        )
    if fix and (closed := question_upkeep.run(library)):
        findings.append(Finding(f"{closed} questions that nobody asked for long were closed."))
    if fix and (gone := replays.erase_thrown(library)):
        findings.append(Finding(f"{gone} replays that their members threw away were erased."))
    if fix and (gone := trails.empty_trash(library)):
        findings.append(Finding(f"{gone} trails lay in the trash as long and were erased."))
    return findings


def _database(library: Library) -> Iterator[Finding]:
    problems = upkeep.damage(library.db)
    orphans = upkeep.orphans(library.db)
    for problem in problems:
        yield Finding(
            f"The library's file is damaged: {problem}. Bring the last backup back: kb restore FILE",
            wrong=True,
        )
    for table, row, parent in orphans:
        yield Finding(f"Row {row} of {table} points to something in {parent} that is not there.", wrong=True)
    if not problems and not orphans:
        yield Finding("The library's file is whole.")


def _index(library: Library, fix: bool) -> Iterator[Finding]:
    feed = LibraryFeed(library)
    try:
        problems = list(library.engine.verify())
        if not problems and library.engine.watermark() < 0:
            problems = ["The search index was not made yet, or by another version."]
        if problems and fix:
            library.engine.rebuild(feed)
            yield from (Finding(problem, wrong=True, mended=True) for problem in problems)
        elif problems:
            yield from (Finding(f"{problem} Mend it with: kb doctor --fix", wrong=True) for problem in problems)
            return
        if fix:
            library.indexer().catch_up()
        behind = feed.latest() - library.engine.watermark()
        if behind > 0:
            yield Finding(
                f"The index is {behind} changes behind. It catches up by itself, or with: kb doctor --fix",
                wrong=True,
            )
        yield from _compare(library, feed, fix)
    except SearchIndexError as error:
        yield Finding(str(error), wrong=True)


def _topics(library: Library) -> Iterator[Finding]:
    if said := personal.sentence(library, ()):
        yield Finding(said, wrong=True)


def _meaning(library: Library, fix: bool) -> Iterator[Finding]:
    """What is behind here is no fault: it is made in the background."""
    if not meaning.is_on(library):
        why = "KB_MEANING is off" if library.settings.meaning == "off" else "kb[meaning] is not installed"
        yield Finding(f"Searching by meaning is off: {why}.")
        return
    try:
        if fix:
            meaning.catch_up(library)
        lag = meaning.lag(library)
    except SearchIndexError as error:
        yield Finding(f"Searching by meaning does not work: {error} Everything else does.", wrong=True)
        return
    if lag.filling:
        how = "is being made by the server, or with: kb reindex"
    else:
        how = f"is {lag.behind:,} changes behind" if lag.behind else "is up to date"
    yield Finding(f"Searching by meaning has {lag.documents:,} reviews and gems and {how}.")


def _compare(library: Library, feed: LibraryFeed, fix: bool) -> Iterator[Finding]:
    expected, held = feed.keys(), library.engine.keys()
    missing, surplus = expected - held, held - expected
    if not missing and not surplus:
        yield Finding(f"The index holds all {len(expected):,} reviews and gems.")
        return
    if fix:
        library.engine.rebuild(feed)
    hint = "" if fix else " Mend it with: kb doctor --fix"
    yield Finding(f"The index lacks {len(missing):,} and has {len(surplus):,} too many.{hint}", wrong=True, mended=fix)


def backup(library: Library, file: Path) -> int:
    """Copy the library into one file while it is in use; gives the file's size in bytes.

    The file appears whole or not at all, for its owner alone; an older backup gives way to it, and who could read that can
    read this. Raises UsageError for a file that is there and is something else (a device such as /dev/null, too),
    LibraryError.
    """
    if file.resolve() == library.settings.database.resolve():
        raise UsageError("That is the library itself. Name another file for the backup.")
    if file.exists() and not (file.is_file() and upkeep.is_library(file)):
        raise UsageError("%(file)s is there and is no backup of kb. Name another file for the backup.", file=file)
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT, 0o600))  # customers' words and hashes of passwords
        upkeep.copy(library.db, partial)
        if file.exists():
            shutil.copymode(file, partial)
        with open(partial, "rb") as written:
            os.fsync(written.fileno())
        partial.replace(file)
    except (OSError, LibraryError) as error:
        partial.unlink(missing_ok=True)
        raise LibraryError(
            "The backup could not be written to %(file)s: %(error)s What was there is unchanged.",
            file=file,
            error=error,
        ) from error
    return file.stat().st_size


def restore(settings: Settings, file: Path) -> Path | None:
    """Put a backup in the library's place; gives where the library that was there is kept now.

    Raises UsageError for the library's own file, LibraryError when the file is no whole library or the one that is there
    is in use; then nothing is changed.
    """
    if file.resolve() == settings.database.resolve():
        raise UsageError("That is the library itself. Name the file of a backup.")
    if not file.is_file():  # a device such as /dev/zero would never end
        raise UsageError("%(file)s is no file. Name the file of a backup.", file=file)
    incoming = settings.home / f"incoming-{uuid.uuid4().hex}.db"
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(file, incoming)
        upkeep.adopt(incoming)
        database.connect(incoming).close()
        aside = _put_aside(settings)
        incoming.replace(settings.database)
    except OSError as error:
        raise LibraryError("The backup could not be brought back: %(error)s.", error=error) from error
    except LibraryError as error:
        raise LibraryError(
            "%(file)s cannot be brought back: %(error)s Nothing was changed.", file=file, error=error
        ) from error
    finally:
        for left in ("", "-wal", "-shm"):
            Path(f"{incoming}{left}").unlink(missing_ok=True)
    return aside


def _put_aside(settings: Settings) -> Path | None:
    if not settings.database.exists():
        return None
    upkeep.close_off(settings.database)
    aside = settings.database.with_name(f"library-before-restore-{uuid.uuid4().hex[:8]}.db")
    settings.database.replace(aside)
    for left in ("-wal", "-shm"):  # of a damaged one, which may be of use with it
        if (log := Path(f"{settings.database}{left}")).exists():
            log.replace(f"{aside}{left}")
    return aside
