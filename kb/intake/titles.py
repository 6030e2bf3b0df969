"""What a review is called that came without a title: the first words of its text, or what its customer came with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape

from kb.models import Draft, Turn
from kb.search.analysis import GRAMS

_LONGEST = 80
_HTML = 10_000  # characters of a text in HTML that are looked at for its first words
_BLOCKS = "p|div|br|h[1-6]|ul|ol|li|table|tbody|thead|tr|td|th|blockquote|pre|section|article|body|html|head|hr"
_BEGINS_AS_HTML = re.compile(rf"\s*(?:<!doctype\b|<(?:{_BLOCKS}|span|b|i|a|strong|em|font)\b[^<>]*>)", re.IGNORECASE)
_BLOCK = re.compile(
    rf"</?(?:{_BLOCKS})\b[^<>]*>|<!doctype[^<>]*>|<(style|script|title)\b.*?</\1>|<!--.*?-->", re.IGNORECASE | re.DOTALL
)
_INLINE = re.compile(r"</?(?:span|b|i|u|a|strong|em|font|code|img)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]*(?:>|\Z)", re.IGNORECASE)
_MARKS = " #>*-_=\t"
_TURNS, _LONG = 200, 2000  # of a conversation, and characters of each, that are looked at
_TELLING = 4  # words; in scripts without spaces six characters count as much
_HARDLY = 2
_GREETING = re.compile(
    r"(?:(?:hi|hiya|hey|hello|howdy|greetings|good (?:morning|afternoon|evening|day)|dear (?:all|support|team|sir|madam)"
    r"|hallo|moin|servus|grüß gott|grüezi|guten (?:tag|morgen|abend)|liebes? (?:team|support)|sehr geehrte damen und herren"
    r"|how are you(?: doing)?(?: today)?|wie geht es ihnen(?: heute)?|wie geht(?:'s| es dir)|c[óo]mo est[áa]s?|qu[ée] tal"
    r"|hola|buenas(?: (?:tardes|noches))?|buenos d[ií]as|bonjour|bonsoir|salut|ciao|salve|buongiorno|buonasera"
    r"|ol[áa]|bom dia|boa (?:tarde|noite)|hej|cześć|dzień dobry|merhaba|привет|здравствуйте)"
    r"(?:\s+(?:there|all|everyone|team|zusammen|again|you))?(?!\w)"
    r"|こんにちは|こんばんは|おはようございます|はじめまして|お世話に(?:なっております|なります)|もしもし"
    r"|你好|您好|大家好|(?:早上|上午|下午|晚上)好|안녕하세요)[\s,.!?;:\-–—…、。！？¿¡]*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:['’.@-][^\W_]+)*")
# Who says what a case is about: the customer, then whoever is not known, then those who answer.
_ROLES = {"customer": 0, "": 1, "agent": 2, "bot": 3, "note": 4}


def made(draft: Draft) -> str:
    """The title of a draft that has none."""
    return _first_words(_of_html(draft.body)) if draft.body else of_turns(draft.turns)


def as_hashed(draft: Draft) -> Draft:
    """The draft as its content's hash is taken, in which a title that kb made never changes from version to version: it is
    the first line of the text, with its tags, or of all that was said, as the first version made it."""
    if draft.title != made(draft):
        return draft
    return replace(draft, title=_first_words(draft.body or "\n".join(turn.text for turn in draft.turns[:20])))


def of_turns(turns: Sequence[Turn]) -> str:
    """What a conversation is called: the first line of the customer that says something.

    >>> of_turns([Turn("Hello! How may I help?", role="agent"), Turn("Hi", role="customer"),
    ...           Turn("Hello, my export stops at noon.", role="customer")])
    'Hello, my export stops at noon.'
    """
    said = _lines(turns)
    asks = min(said, default=0)
    for least, roles in ((_TELLING, [asks]), (_HARDLY, [asks]), (_TELLING, sorted(said)), (0, [asks])):
        for role in roles:
            if line := next((line for line in said.get(role, ()) if _weight(line) >= least), ""):
                return _cut(line)
    return "Review"


def _lines(turns: Sequence[Turn]) -> dict[int, list[str]]:
    """What was said line by line, by who said it."""
    found: dict[int, list[str]] = {}
    for turn in turns[:_TURNS]:
        lines = [line for raw in _plain(turn.text[:_LONG]).splitlines() if (line := raw.strip(_MARKS))]
        if lines:
            found.setdefault(_ROLES.get(turn.role, 1), []).extend(lines)
    return found


def _weight(line: str) -> int:
    """How many words a line has behind its greeting."""
    at = 0
    while found := _GREETING.match(line, at):
        at = found.end()
    rest = line[at : at + 300]
    return len(_WORD.findall(GRAMS.sub(" ", rest))) + sum(map(len, GRAMS.findall(rest))) * 2 // 3


def _cut(line: str) -> str:
    if len(line) <= _LONGEST:
        return line
    blank = line.rfind(" ", _LONGEST // 2, _LONGEST)
    return line[: blank if blank > 0 else _LONGEST].rstrip(" ,;:") + " …"


def _of_html(text: str) -> str:
    """The beginning of a text that begins as HTML does, without tags; any other text as it is."""
    if not _BEGINS_AS_HTML.match(text):
        return text
    return unescape(_TAG.sub("", _BLOCK.sub("\n", text[:_HTML])))


def _plain(text: str) -> str:
    """What is said in a turn without the HTML that mails and chats have in the middle of it."""
    if "<" in text:
        text = _INLINE.sub("", _BLOCK.sub("\n", text))
    return _ENTITY.sub(lambda found: unescape(found[0]), text)


def _first_words(text: str) -> str:
    line = next((line for line in text.splitlines() if line.strip(_MARKS)), "Review").strip(_MARKS)
    return line if len(line) <= _LONGEST else line[:_LONGEST].rsplit(" ", 1)[0].rstrip(",;:") + " …"
