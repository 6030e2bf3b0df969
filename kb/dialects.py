"""What other tools write into Markdown besides Markdown, brought to what Markdown has: pictures of `:::image`, folds,
shared pieces that lie elsewhere, links of notebooks and chats. Notes (`> [!TIP]`) are named once the text is HTML."""

from __future__ import annotations

import re
from html import escape

NOTES = ("note", "tip", "important", "caution", "warning")

_FENCE = re.compile(r"^[ \t>]*(```+|~~~+)[^\n]*\n.*?(?:^[ \t>]*\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_PICTURE = re.compile(r":::[ \t]*(?:image|icon|video)\b(?:[ \t][^\n]{0,900}?)?:::", re.IGNORECASE)
_SAID = re.compile(r"\balt-text=\"([^\"\n]*)\"")
_DIRECTIVE = re.compile(r"^[ \t>]*:::+(?:[ \t]*[a-z][\w-]*(?:[ \t][^\n]*)?)?[ \t]*$", re.MULTILINE | re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\[!(?:include|div|code|nextstep)\b[^\[\]\n]{0,300}(?:\[[^\[\]\n]{0,300}\]\([^()\n]{0,600}\)[^\[\]\n]{0,100})?\]",
    re.I,
)
_VIDEO = re.compile(r"\[!video[ \t]+(https?://[^\s\[\]<>\"]{1,600})[^\[\]\n]{0,100}\]", re.IGNORECASE)
_FOLD = re.compile(r"</?details\b[^<>\n]{0,200}>", re.IGNORECASE)
_FOLD_NAME = re.compile(r"<summary\b[^<>\n]{0,200}>(.{0,600}?)</summary>", re.IGNORECASE | re.DOTALL)
_BOLD = re.compile(r"</?(?:b|strong)>|\*\*", re.IGNORECASE)

# What HTML has; `<your domain>` and `\\<name>` are text that no sanitising may take away. Code is left as it is.
TAGS = (
    "a abbr acronym address area article aside audio b base bdi bdo big blockquote body br button canvas caption"
    " center cite code col colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption"
    " figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins"
    " kbd label legend li link main map mark marquee math menu meta meter nav nobr noscript object ol optgroup"
    " option output p param picture pre progress q rp rt ruby s samp script section select slot small source span"
    " strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track"
    " tt u ul var video wbr"
)
_NO_TAG = re.compile(
    rf"(`+)[^`\n]*\1|\\<|<(?=/?[a-z])(?!/?(?:{'|'.join(TAGS.split())})\b(?!-)|[a-z][\w.+-]*[:@])", re.IGNORECASE
)
_LESS = "\ue000"  # a `<` that is text, until the text is HTML

# `[[page|text]]` of notebooks, `<https://kb.example|text>` of chats: what is linked is elsewhere in the first.
WIKI = r"!?\[\[(?=[^\[\]\n]{0,200}[^\W\d_])(?![\s\"'$-])([^\[\]|\n\"']{1,200})(?:\|([^\[\]|\n]{1,200}))?\]\](?!\()"
LABELLED = r"<((?:https?://|mailto:)[^\s<>|]{1,600})\|([^<>|\n]{1,300})>"
_WIKI = re.compile(rf"(`+)[^`\n]*\1|{WIKI}")
_LABELLED = re.compile(rf"(`+)[^`\n]*\1|{LABELLED}")

_NAMES = "|".join(NOTES)
_NAMED = re.compile(
    rf"(<blockquote>\s*)?<p>\[!({_NAMES})\][ \t]*(?:<br>\s*|</p>\s*(?=<(p|ul|ol|pre|table|h\d|/blockquote|blockquote)\b))?",
    re.I,
)


# Markdown takes a list right below the name for words of the name's paragraph, and quotes that follow each other for one.
_NAME_ALONE = re.compile(rf"^([ \t>]*)\[!(?:{_NAMES})\][ \t]*$", re.MULTILINE | re.IGNORECASE)
_NEXT_NOTE = re.compile(rf"\n[ \t]*\n(?=[ ]{{0,3}}>[ \t]*\[!(?:{_NAMES})\])", re.IGNORECASE)


def plainer(text: str) -> str:
    """The text in Markdown alone; what stands between fences, as code does, stays as it is."""
    if not (":::" in text or "[!" in text or "[[" in text or "<" in text):
        return text
    pieces, at = [], 0
    for fence in _FENCE.finditer(text):
        pieces += [_plainer(text[at : fence.start()]), fence[0]]
        at = fence.end()
    return "".join([*pieces, _plainer(text[at:])])


def _plainer(text: str) -> str:
    if ":::" in text:
        text = _DIRECTIVE.sub("", _PICTURE.sub(_words_of_picture, text))
    if "[!" in text:
        text = _ELSEWHERE.sub("", _VIDEO.sub(r"<\1>", text))
        text = _NAME_ALONE.sub(r"\g<0>\n\1", _NEXT_NOTE.sub("\n\n<!-- -->\n\n", text))
    if "[[" in text:
        text = _WIKI.sub(lambda found: found[0] if found[1] else page_named(found[0], found[2], found[3]), text)
    if "<" in text:
        text = _LABELLED.sub(lambda found: found[0] if found[1] else _link(found[2], found[3]), text)
        text = _FOLD.sub("\n\n", _FOLD_NAME.sub(_name_of_fold, text))
        text = _NO_TAG.sub(lambda found: found[0] if found[1] else _LESS, text)
    return text


def page_named(link: str, page: str, words: str | None) -> str:
    """What a notebook's link is called; a picture's or a page's that is shown in its place by its name."""
    return words.strip() if words and not link.startswith("!") else page.replace("#", " > ").strip(" >")


def _link(address: str, words: str) -> str:
    words = re.sub(r"([\[\]])", r"\\\1", words.strip())
    return f"[{words}](<{address}>)"


def _words_of_picture(picture: re.Match[str]) -> str:
    said = _SAID.search(picture[0])
    words = escape(said[1].strip(), quote=False).replace("|", "/") if said else ""
    return f"<em>{words}</em>" if words else ""


def _name_of_fold(fold: re.Match[str]) -> str:
    name = " ".join(_BOLD.sub("", fold[1]).split())
    return f"\n\n**{name}**\n\n" if name else ""


def with_notes_named(html: str) -> str:
    """Sanitised HTML of `plainer` Markdown whose notes say what they are, in a paragraph of the class `aside-name`."""
    html = html.replace(_LESS, "&lt;")
    return _NAMED.sub(_named, html) if "[!" in html else html


def _named(note: re.Match[str]) -> str:
    name = note[2].lower()
    quote = f'<blockquote class="aside aside-{name}">\n' if note[1] else ""
    return f"{quote}{name_of_note(name)}\n{'' if note[3] else '<p>'}"


def name_of_note(name: str, said: str = "", attributes: str = "") -> str:
    """The paragraph that says what a note is: in English, or as `said` says it."""
    return f'<p class="aside-name"{attributes}><strong>{said or name.capitalize()}</strong></p>'
