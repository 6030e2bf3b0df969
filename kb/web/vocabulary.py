"""What the library keeps as a short English word (what was done, how something stands), in the language of the page."""

from __future__ import annotations

from kb.languages import N_
from kb.web.languages import gettext as _

# What histories and deeds call it; the words are the store's.
_DONE = (
    N_("added"), N_("edited"), N_("tagged"), N_("untagged"), N_("merged"), N_("undone"), N_("thrown away"),
    N_("brought back"),
    N_("brought in again"), N_("split"), N_("split off"), N_("renamed"), N_("deleted"), N_("rule added"),
    N_("rule taken out"),
    N_("merge undone"), N_("handed over"), N_("drafted"), N_("approved"), N_("nominated"), N_("published"), N_("retired"),
    N_("verified"), N_("doubted"), N_("confirmed"), N_("contradicted"), N_("sent back"), N_("declined"), N_("commented"),
    N_("voted"), N_("withdrawn"), N_("restored"),
    N_("asked"), N_("asked too"), N_("asked no more"), N_("reworded"), N_("answered"), N_("opened again"), N_("closed"),
    N_("joined"), N_("took in"), N_("parted"), N_("let go"), N_("topics"), N_("changed"), N_("taken out"),
    N_("made"), N_("draft"), N_("template"), N_("assigned"), N_("assignment taken back"), N_("step added"),
    N_("steps moved"), N_("step taken out"), N_("step put back"), N_("gap closed"),
)  # fmt: skip
_STATUS = {
    "nominated": N_("nominated"),
    "published": N_("published"),
    "retired": N_("retired"),
    "fresh": N_("fresh"),
    "due": N_("due"),
    "overdue": N_("overdue"),
}


def deed_word(action: str) -> str:
    """What an entry of a history says was done; one that an older kb wrote stays as it is."""
    return _(action) if action in _DONE else action


def status_name(status: str) -> str:
    """How a gem stands, within a line: its status, or the health of a published one."""
    known = _STATUS.get(str(status))
    return _(known) if known else str(status)


FILTERS = {"deed_word": deed_word, "status_name": status_name}
