"""How far a run is, in the words and numbers that its page and the script on it show."""

from __future__ import annotations

from datetime import datetime

from kb.models import Run
from kb.web.wording import duration, in_bytes, several

UNDER_WAY = frozenset({"starting", "running", "stopping"})

WORDS = {
    "planned": "waits for your word",
    "starting": "starting",
    "running": "under way",
    "stopping": "stopping",
    "stopped": "stopped before its end",
    "done": "done",
    "failed": "failed",
    "dropped": "dropped",
}
# Before this much time has passed, a rate says nothing.
_TOO_EARLY = 1.0
_MANY = 1000


def how_far(run: Run, now: datetime) -> dict[str, object]:
    """`percent` is None while the size is not known; `words` is the whole of it as one line."""
    rows = run.added + run.updated + run.unchanged + run.skipped
    seconds = ((run.finished_at or now) - run.started_at).total_seconds()
    share = min(run.done_bytes / run.total_bytes, 1.0) if run.total_bytes else None
    rate = rows / seconds if seconds >= _TOO_EARLY else None
    left = seconds * (1 - share) / share if share and rate and run.state == "running" else None
    return {
        "run": run.id,
        "state": run.state,
        "state_words": WORDS.get(run.state, run.state),
        "finished": run.state not in UNDER_WAY,
        "percent": None if share is None else round(100 * share),
        "rows": rows,
        "added": run.added,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "skipped": run.skipped,
        "seconds": round(seconds, 1),
        "words": _line(run, rows, rate, left),
        "message": run.message,
    }


def _line(run: Run, rows: int, rate: float | None, left: float | None) -> str:
    if run.finished_at is not None:
        # What a small run took is its process's start; a rate would only mislead.
        took = duration((run.finished_at - run.started_at).total_seconds())
        speed = f" · {several(round(rate), 'row')} a second" if rate and rows >= _MANY else ""
        return f"{several(rows, 'row')} in {took}{speed}"
    parts = [several(rows, "row")]
    if run.total_bytes:
        parts.append(f"{in_bytes(min(run.done_bytes, run.total_bytes))} of {in_bytes(run.total_bytes)}")
    if rate:
        parts.append(f"{several(round(rate), 'row')} a second" if rate >= 1 else "under a row a second")
    if left is not None:
        parts.append(f"about {duration(left)} left")
    return " · ".join(parts)
