"""Columns in which a criterion of a scorecard is commented on: by their names, `Tone comment` beside `Tone`."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORDS = (
    "comments?|commentary|notes?|remarks?|feedback|reasons?|rationale|justification|explanation|kommentare?|bemerkung(?:en)?"
    "|anmerkung(?:en)?|notiz(?:en)?|begründung|comentarios?|observaci(?:ón|on|ones)|notas?|motivo|justificaci[óo]n"
    "|コメント|備考|メモ|理由|评论|评语|备注|说明"
)
_BETWEEN = "on|for|to|about|re|zu|zum|zur|für|sobre|de|del|para|の|的|への"
_AROUND = re.compile(rf"(?:{_BETWEEN})?(?:{_WORDS})(?:{_BETWEEN})?\d*")
_ALONE = re.compile(rf"(?:{_WORDS})\d*")


def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def is_remark(name: str) -> bool:
    """Whether a column is called a comment and nothing else, also a second time: `Comment (2)`."""
    return _ALONE.fullmatch(_bare(name)) is not None


def commented_on(name: str, criteria: Iterable[str]) -> str:
    """Which of the criteria a column of this name has comments on; "" where the name does not say it.

    >>> commented_on("Comment on Tone of voice", ["Tone", "Tone of voice"])
    'Tone of voice'
    """
    whole = _bare(name)
    fitting = [
        one
        for one in criteria
        if (bare := _bare(one)) and _AROUND.fullmatch(whole.replace(bare, "", 1)) and bare in whole
    ]
    return max(fitting, key=len, default="")
