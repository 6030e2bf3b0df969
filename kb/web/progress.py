"""How far a run is, in the words and numbers that its page and the script on it show."""

from __future__ import annotations

from datetime import datetime

from kb.languages import N_
from kb.values.log import Run
from kb.web.languages import gettext as _
from kb.web.languages import ngettext
from kb.web.wording import duration, in_bytes, number

_WORDS = {
    "planned": N_("waits for your word"),
    "starting": N_("starting"),
    "running": N_("under way"),
    "stopping": N_("stopping"),
    "stopped": N_("stopped before its end"),
    "done": N_("done"),
    "failed": N_("failed"),
    "dropped": N_("dropped"),
}
# Before this much time has passed, a rate says nothing.
_TOO_EARLY = 1.0
_MANY = 1000


_COUNTS = ("added", "updated", "unchanged", "skipped")


def run_state(state: str) -> str:
    """How a run stands, in the language of the page."""
    return _(_WORDS[state]) if state in _WORDS else state


def how_far(run: Run, now: datetime) -> dict[str, object]:
    """`percent` is None while the size is not known; `words` is the whole of it as one line, `added_words` and its like
    are the counts as the page writes numbers."""
    rows = run.added + run.updated + run.unchanged + run.skipped
    seconds = ((run.finished_at or now) - run.started_at).total_seconds()
    share = min(run.done_bytes / run.total_bytes, 1.0) if run.total_bytes else None
    rate = rows / seconds if seconds >= _TOO_EARLY else None
    left = seconds * (1 - share) / share if share and rate and run.state == "running" else None
    return {
        "run": run.id,
        "state": run.state,
        "state_words": run_state(run.state),
        "finished": not run.is_under_way,
        "percent": None if share is None else round(100 * share),
        "rows": rows,
        "added": run.added,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "skipped": run.skipped,
        **{f"{name}_words": number(getattr(run, name)) for name in _COUNTS},
        "seconds": round(seconds, 1),
        "words": _line(run, rows, rate, left),
    }


def _line(run: Run, rows: int, rate: float | None, left: float | None) -> str:
    if run.finished_at is not None:
        # What a small run took is its process's start; a rate would only mislead.
        took = duration((run.finished_at - run.started_at).total_seconds())
        done = ngettext("%(count)s row in %(time)s", "%(count)s rows in %(time)s", rows, time=took)
        return f"{done} · {_speed(rate)}" if rate and rows >= _MANY else done
    parts = [ngettext("%(count)s row", "%(count)s rows", rows)]
    if run.total_bytes:
        done = in_bytes(min(run.done_bytes, run.total_bytes))
        parts.append(_("%(done)s of %(total)s", done=done, total=in_bytes(run.total_bytes)))
    if rate:
        parts.append(_speed(rate) if rate >= 1 else _("under a row a second"))
    if left is not None:
        parts.append(_("about %(time)s left", time=duration(left)))
    return " · ".join(parts)


def _speed(rate: float) -> str:
    return ngettext("%(count)s row a second", "%(count)s rows a second", round(rate))
