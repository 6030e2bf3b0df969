"""The text and HTML parts of a mail, from the templates in templates/mail."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from textwrap import wrap

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from kb import resources, translations
from kb.languages import LANGUAGES
from kb.values.digest import Contents


@dataclass(frozen=True, slots=True)
class Parts:
    """One mail before it is addressed: what both of its readings say, and its subject."""

    subject: str
    text: str
    html: str


@lru_cache(maxsize=len(LANGUAGES))
def _templates(language: str) -> Environment:
    """The templates, in the language of who reads."""
    environment = Environment(
        loader=FileSystemLoader(str(resources.folder("templates"))),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(translations.catalog(language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters["said"] = lambda text: translations.say(text, language)
    environment.globals["language"] = language
    environment.filters["wrapped"] = wrapped
    environment.filters["safe_html"] = lambda html: Markup(html)  # noqa: S704 - sanitised by kb.markup
    return environment


def wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    """Lines of at most 72 columns for the text part; a long address stays whole. `first` begins the first line (a
    number, a dash) where the others have `indent`."""
    lines: list[str] = []
    for line in text.splitlines():
        begins = indent if lines or first is None else first
        lines += wrap(
            line, 72, initial_indent=begins, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return "\n".join(lines)


def edition(
    contents: Contents, *, leave: str, preferences: str, nothing_yours: bool = False, language: str = "en"
) -> Parts:
    """The mail of an edition. `leave` and `preferences` are the links at its foot; `nothing_yours` says that none of
    the gems is in the reader's topics."""
    values = {"it": contents, "leave": leave, "preferences": preferences, "nothing_yours": nothing_yours}
    return Parts(
        translations.say(contents.subject, language),
        _templates(language).get_template("mail/edition.txt").render(values).strip() + "\n",
        _templates(language).get_template("mail/edition.html").render(values),
    )


def notice(
    subject: str, lines: list[str], *, link: str, label: str, leave: str, name: str, language: str = "en"
) -> Parts:
    """A mail to a curator about an edition: some sentences, and the way there."""
    values = {"subject": subject, "lines": lines, "link": link, "label": label, "leave": leave, "name": name}
    return Parts(
        translations.say(subject, language),
        _templates(language).get_template("mail/notice.txt").render(values).strip() + "\n",
        _templates(language).get_template("mail/notice.html").render(values),
    )
