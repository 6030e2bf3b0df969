"""What views and templates have at hand: the open library, the signed-in member, dates and numbers in words."""

from __future__ import annotations

import atexit
import os
import threading
from typing import Any, cast

from flask import Flask, Response, current_app, flash, g, request, url_for
from flask_login import current_user
from markupsafe import Markup

from kb import markup, members, notices, privacy
from kb.errors import SearchIndexError
from kb.finding import searches
from kb.gems import health
from kb.gems import life as gem_life
from kb.gems.reads import Counter
from kb.library import Library
from kb.mine.reading import Keeper
from kb.models import Gem, Member
from kb.settings import Settings
from kb.web import shown, vocabulary, wording
from kb.web.access import can
from kb.web.indexing import Follower
from kb.web.languages import gettext as _
from kb.web.minding import Minder
from kb.web.postman import Postman
from kb.web.tending import Tender

__all__ = [
    "Served",
    "Undo",
    "as_seen",
    "can",
    "flash_undo",
    "install",
    "library",
    "meaning_made",
    "member",
    "public_url",
    "search_is_behind",
    "search_made",
    "served",
    "settings",
    "unmasked",
    "who",
]


class Served:
    """The library as one serving process has it: opened at the first request, its index kept in step.

    A process that was forked from this one (a server's worker) opens its own: neither a connection nor a thread
    survives a fork.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._pid = 0
        self._library: Library | None = None
        self._follower: Follower | None = None
        self._postman: Postman | None = None
        self._tender: Tender | None = None
        self._minder: Minder | None = None
        self.reads = Counter()
        self.keeper = Keeper()
        self.searches = searches.Counter()

    def open(self) -> tuple[Library, Follower]:
        """Raises NoLibrary, LibraryTooNew, LibraryError."""
        with self._lock:
            if self._library is None or self._follower is None or self._pid != os.getpid():
                self._library = Library(self.settings)
                self._follower = Follower(self._library)
                self._tender = Tender(self._library, self.reads, self.keeper, self.searches)
                self._tender.start()
                self._minder = Minder(self._library)
                self._minder.start()
                self._postman = Postman(self._library) if self.settings.digest_serve == "yes" else None
                if self._postman is not None:
                    self._postman.start()
                self._pid = os.getpid()
                atexit.register(self.close)
            return self._library, self._follower

    @property
    def library(self) -> Library:
        return self.open()[0]

    @property
    def follower(self) -> Follower:
        return self.open()[1]

    @property
    def meaning_made(self) -> float | None:
        """How much of the library is found by its meaning yet; None when it is nearly all, or none is to be."""
        return self._minder.share_made if self._minder is not None else None

    def wake_postman(self) -> None:
        """Something may go out now; nothing happens where the server does not send by itself."""
        if self._postman is not None:
            self._postman.wake()

    def close(self) -> None:
        """End the threads that follow changes and send editions, and close the library; a later request opens it again."""
        with self._lock:
            if self._pid == os.getpid():
                for thread in (self._follower, self._postman, self._tender, self._minder):
                    if thread is not None:
                        thread.stop()
                if self._library is not None:
                    self._library.close()
            self._library = self._follower = self._postman = self._tender = self._minder = None


class Undo(dict[str, str]):
    """A message with a way back, for `flash`: what was done, and the address that undoes it when posted to."""

    def __init__(self, words: str, undo: str, label: str) -> None:
        super().__init__(words=words, undo=undo, label=label)


def flash_undo(words: str, undo: str, label: str = "") -> None:
    """Say on the next page what was done, with a button that undoes it by posting to the address `undo`."""
    flash(cast(str, Undo(words, undo, label or _("Undo"))), "done")


def served() -> Served:
    return cast(Served, current_app.extensions["kb"])


def library() -> Library:
    return served().library


def settings() -> Settings:
    return served().settings


def member() -> Member:
    """The signed-in member. Only for views that access.py does not let everybody into."""
    return cast(Member, current_user.member)


def who() -> str:
    """How histories name the signed-in member."""
    return member().called


def called(who: str) -> str:
    """How pages name whom a run or a history knows by the address alone."""
    return members.called(library(), who)


def public_url(endpoint: str, **values: Any) -> str:
    """An address of the library to be used elsewhere: as it is called for its readers, if that is set, since what a request
    says of its host anybody may write."""
    if not settings().base_url:
        return url_for(endpoint, _external=True, **values)
    return f"{settings().base_url}{url_for(endpoint, **values).removeprefix(request.script_root)}"


def unmasked() -> bool:
    """Whether the signed-in member sees scores, verdicts and reviewees' names."""
    return bool(current_user.is_authenticated) and privacy.sees_scores(settings(), member().role)


def as_seen(gem: Gem) -> Gem:
    """The gem as the signed-in member may see it, whatever desk it lies on."""
    return gem if unmasked() else privacy.gem_for_reader(gem)


def search_is_behind() -> bool:
    """Whether what was just saved may not be found yet."""
    return served().follower.is_behind()


def search_made() -> int | None:
    """How many percent of the library can be found, about, while its index is being made; None when that is nearly all."""
    try:
        made = served().follower.share_found()
    except SearchIndexError:
        return None  # which the search itself says
    return None if made is None else int(100 * made)


def meaning_made() -> int | None:
    """How many percent of the library are found by their meaning yet; None when that is nearly all."""
    made = served().meaning_made
    return None if made is None else int(100 * made)


def install(app: Flask) -> None:
    served: Served = app.extensions["kb"]

    @app.before_request
    def follow_changes() -> None:
        if request.endpoint not in (None, "static", "bundle"):
            served.follower.start()

    @app.after_request
    def find_it_soon(response: Response) -> Response:
        if request.method not in ("GET", "HEAD", "OPTIONS") and response.status_code < 400:
            served.follower.wake()
        return response

    @app.after_request
    def note_the_visit(response: Response) -> Response:
        # A page, opened by somebody who was found to be signed in; what scripts and suggestions ask for is no visit.
        user = g.get("_login_user")
        if response.mimetype == "text/html" and user is not None and user.is_authenticated:
            served.keeper.seen(user.member.id, served.library.now())
        return response

    @app.context_processor
    def values() -> dict[str, Any]:
        return {
            "library_name": served.settings.name,
            "can": can,
            "public_url": public_url,
            "unmasked": unmasked(),
            "search_is_behind": search_is_behind,
            "search_made": search_made,
            "meaning_made": meaning_made,
            "unread_notices": lambda: notices.unread(library(), member()),
            "waiting_gems": lambda: gem_life.waiting(library()),
        }

    app.jinja_env.filters.update(
        shown.FILTERS | vocabulary.FILTERS | {"called": called},
        **wording.filters(served.settings),
        health_word=lambda gem: health.of(gem, served.library.today()),
        markdown=lambda text: Markup(markup.to_html(text)),  # noqa: S704 - sanitised there
    )
