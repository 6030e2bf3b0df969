"""Settings as data: one table of name, type, default and help; from the environment, else HOME/kb.toml, else the default.

A value that cannot be used stops the start with a sentence; it is never guessed at. docs/operations.md has the same
table, and a test holds the two together.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from kb.errors import SettingError
from kb.languages import LANGUAGES
from kb.weeks import DAYS

ENGINES = ("tantivy", "whoosh")


def _text(value: str) -> str:
    return value


# Whoever knows these may sign in or post, and what a start says stays in logs.
_NOT_REPEATED = ("secret_key", "digest_slack", "digest_teams", "digest_webhook")
SHORTEST_SECRET = 32  # characters; what can be guessed signs nothing


def _host(value: str) -> str:
    if not value:
        raise ValueError("must be an address: 127.0.0.1 for this machine alone, 0.0.0.0 for whoever can reach it")
    return value


def _secret(value: str) -> str:
    if 0 < len(value) < SHORTEST_SECRET:
        raise ValueError(f"must have at least {SHORTEST_SECRET} characters, or be left out")
    return value


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        number = int(value)
        if not lowest <= number <= highest:
            raise ValueError(f"must be from {lowest} to {highest}")
        return number

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return value

    return parse


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("is not a time zone; write one such as Europe/Berlin or UTC") from error
    return value


def _web_address(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("must begin with https:// (or http://)")
    scheme, marks, rest = value.rstrip("/").partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{marks}{_ascii_host(host)}{slash}{path}"


def _ascii_host(host: str) -> str:
    """A host as networks and the headers of mails have it (RFC 3490): xn--… for one with letters outside ASCII."""
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError("names a host that there cannot be") from error


def _web_addresses(value: str) -> str:
    if any(urlsplit(one).scheme not in ("http", "https") or not urlsplit(one).hostname for one in value.split()):
        raise ValueError("must hold addresses that begin with https:// (or http://), parted by blanks")
    return value


def _file(value: str) -> str:
    if value and not os.path.isfile(os.path.expanduser(value)):  # unlike Path's, they raise nothing
        raise ValueError("is no file that is there; write its whole path, or leave it out")
    return value and os.path.expanduser(value)


def _mail_address(value: str) -> str:
    if value and (value.count("@") != 1 or any(letter.isspace() or letter in "<>,;" for letter in value)):
        raise ValueError("must be one bare address such as kb@example.com")
    local, at, host = value.partition("@")
    if not local.isascii():
        raise ValueError("must have no letters outside ASCII before the @: many mail servers take no such address")
    return f"{local}{at}{_ascii_host(host)}"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `parse` turns its text into the value, or raises ValueError with the rest of the sentence."""

    name: str
    default: Any
    parse: Callable[[str], Any]
    help: str

    @property
    def variable(self) -> str:
        return f"KB_{self.name.upper()}"


SETTINGS: tuple[Setting, ...] = (
    Setting("name", "kb", _text, "What the library is called on its pages."),
    Setting(
        "engine",
        "tantivy",
        _one_of(*ENGINES),
        "The search engine: tantivy, or whoosh where tantivy has no wheel.",
    ),
    Setting(
        "meaning",
        "auto",
        _one_of("auto", "off"),
        "Whether questions are also answered by what they mean. auto: where kb[meaning] is installed.",
    ),
    Setting("timezone", "UTC", _zone, "The zone of dates that come without one, and of the dates on pages."),
    Setting(
        "language",
        "en",
        _one_of(*LANGUAGES),
        "The language of pages where neither the member nor the browser asks for one that kb speaks: en, de, es or ja.",
    ),
    Setting("host", "127.0.0.1", _host, "The address that `kb serve` listens on."),
    Setting("port", 8765, _whole(0, 65535), "The port that `kb serve` listens on; 0 takes a free one."),
    Setting("workers", 2, _whole(1, 64), "How many processes `kb serve` answers with."),
    Setting("threads", 4, _whole(1, 64), "How many requests each of those processes answers at once."),
    Setting(
        "secret_key",
        "",
        _secret,
        "Signs sessions, 32 characters or more. Default: a random one, made once and kept in HOME/secret_key.",
    ),
    Setting(
        "cookie_secure",
        "auto",
        _one_of("auto", "yes", "no"),
        "Send cookies over HTTPS only. auto: yes, but for `kb serve` and `kb demo` on this machine's own address.",
    ),
    Setting("session_hours", 12, _whole(1, 24 * 90), "After how many hours without a click a sign-in ends."),
    Setting("proxies", 0, _whole(0, 5), "How many trusted reverse proxies stand in front (X-Forwarded-*)."),
    Setting(
        "scores_visible_to",
        "reviewer",
        _one_of("reader", "reviewer", "curator", "admin"),
        "The least role that sees scores, verdicts and the reviewee's name. reader switches blameless reading off.",
    ),
    Setting("max_field_mb", 10, _whole(1, 1000), "A longer single field is set aside, not taken in."),
    Setting("max_upload_mb", 200, _whole(1, 100_000), "The largest upload in the browser."),
    Setting(
        "trash_days",
        90,
        _whole(1, 3650),
        "After how many days `kb doctor --fix` empties the trash of a review.",
    ),
    Setting(
        "gem_days",
        180,
        _whole(1, 3650),
        "For how many days a gem holds after it was published, verified or confirmed. A topic may have its own number.",
    ),
    Setting(
        "question_days",
        90,
        _whole(1, 3650),
        "After how many days without anybody asking it an open question closes by itself.",
    ),
    Setting(
        "search_days",
        90,
        _whole(0, 3650),
        "For how many days it is kept what was searched and how often (never by whom), for curators; 0 keeps nothing.",
    ),
    Setting(
        "excerpts",
        "keep",
        _one_of("keep", "drop"),
        "What becomes of a gem's excerpt when its review is thrown away or erased: keep or drop.",
    ),
    Setting(
        "base_url",
        "",
        _web_address,
        "The library's address for its readers, in links in mails, feeds and copies. Default: http://, host and port.",
    ),
    Setting(
        "digest_serve", "no", _one_of("yes", "no"), "Whether `kb serve` drafts and sends the weekly edition itself."
    ),
    Setting("digest_day", "thursday", _one_of(*DAYS), "The day of the week on which the edition goes out."),
    Setting("digest_hour", 9, _whole(0, 23), "The hour of that day, in the library's time zone."),
    Setting("digest_draft_hours", 24, _whole(1, 120), "How many hours before that the edition is drafted."),
    Setting(
        "digest_approval",
        "send_as_drafted",
        _one_of("send_as_drafted", "hold"),
        "What happens at the hour to an edition that nobody has approved: it goes out as drafted, or not at all.",
    ),
    Setting(
        "digest_optin",
        "yes",
        _one_of("yes", "no"),
        "yes: a member gets the edition by mail after asking for it. no: every member does, until they leave.",
    ),
    Setting("digest_slack", "", _web_addresses, "Slack incoming webhooks that get the edition, parted by blanks."),
    Setting(
        "digest_teams", "", _web_addresses, "Microsoft Teams workflow webhooks that get the edition, parted by blanks."
    ),
    Setting("digest_webhook", "", _web_addresses, "Other webhooks that get the edition as JSON, parted by blanks."),
    Setting(
        "digest_webhook_secret", "", _text, "Signs what those get (Standard Webhooks; `whsec_` and base64, or text)."
    ),
    Setting("smtp_host", "", _text, "The mail server. Without one, no mail goes out."),
    Setting("smtp_port", 0, _whole(0, 65535), "Its port. 0: 587 for starttls, 465 for tls, 25 for none."),
    Setting(
        "smtp_security",
        "starttls",
        _one_of("starttls", "tls", "none"),
        "How the way there is encrypted; none for a relay on this machine or network.",
    ),
    Setting("smtp_user", "", _text, "Who signs in at the mail server. Empty: nobody."),
    Setting("smtp_password", "", _text, "The password for that."),
    Setting("smtp_ca", "", _file, "A file of certificate authorities to trust besides the system's."),
    Setting("smtp_seconds", 30, _whole(1, 300), "How long the mail server may take for one answer."),
    Setting("mail_from", "", _mail_address, "The sender of mails. Default: kb@ and the host of base_url."),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one library, read once at start. `home` is its folder; the rest is the table above."""

    home: Path
    values: Mapping[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(f"there is no setting {name!r}") from None

    @property
    def database(self) -> Path:
        return self.home / "library.db"

    @property
    def index(self) -> Path:
        return self.home / "index"

    @property
    def uploads(self) -> Path:
        return self.home / "uploads"


def load(home: Path | str | None = None, environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """The settings of the library in `home` (default: KB_HOME, then ./instance).

    `overrides` win over everything; the command line's own options come in that way.
    Raises SettingError, with the variable or the line of kb.toml that is wrong.
    """
    environ = os.environ if environ is None else environ
    home = _folder(home or environ.get("KB_HOME") or "instance")
    stored = _read_file(home / "kb.toml")
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        if setting.variable in environ:
            values[setting.name] = _parse(setting, environ[setting.variable], setting.variable)
        elif setting.name in stored:
            values[setting.name] = _parse(setting, str(stored[setting.name]), f"{setting.name} in {home / 'kb.toml'}")
        else:
            values[setting.name] = setting.default
    for name, value in overrides.items():
        if value is not None:
            values[name] = value
    return Settings(home, values)


def _folder(named: Path | str) -> Path:
    try:
        return Path(named).expanduser().absolute()
    except RuntimeError as error:
        raise SettingError(f"There is no such user: {named}. Write the whole path of the library's folder.") from error


def _read_file(path: Path) -> dict[str, Any]:
    try:
        if not path.is_file():
            return {}
        stored = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingError(
            f"{path} cannot be read: {error.strerror}. Run kb as whoever the folder and its files belong to, or give them"
            " to the one who runs kb (chown -R)."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{path} cannot be read as TOML: {error}") from error
    unknown = sorted(set(stored) - {setting.name for setting in SETTINGS})
    if unknown:
        raise SettingError(
            f"{path} sets {', '.join(unknown)}, which kb does not know. See docs/operations.md for the names."
        )
    return stored


def _parse(setting: Setting, text: str, where: str) -> Any:
    try:
        return setting.parse(text.strip())
    except ValueError as error:
        reason = str(error) if not str(error).startswith("invalid literal") else "must be a whole number"
        given = f"has {len(text.strip())} characters" if setting.name in _NOT_REPEATED else f"is {text!r}"
        raise SettingError(f"{where} {given}; it {reason}.") from error
