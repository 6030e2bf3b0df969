"""The weekly edition for its readers: the archive, a page each, the feed, what one gets, and leaving with one click."""

from __future__ import annotations

import re
from zoneinfo import available_timezones

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.digest import contents, editions, subscribing
from kb.errors import InvalidInput, NotFound
from kb.values.digest import Cadence, Scope
from kb.web import paging, topic_names
from kb.web.context import can, library, member, public_url
from kb.web.languages import answer_in, locale, of_error
from kb.web.languages import gettext as _
from kb.weeks import DAYS, Week

pages = Blueprint("digest", __name__)
_SIZE = 20
_FEED_SIZE = 20
# What XML 1.0 (2.2) holds in no form: one such character in a title, and no reader takes the feed.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def week_of(text: str) -> Week:
    """The week in an address. Raises NotFound."""
    try:
        return Week.parse(text)
    except InvalidInput as error:
        raise NotFound(error.message, **error.values) from error


@pages.get("/digest")
def index() -> str:
    asked = paging.asked(_SIZE)
    found, total = editions.out(library(), asked.size, asked.offset)
    return render_template(
        "digest/index.html",
        editions=list(zip(found, contents.of_editions(library(), found), strict=True)),
        total=total,
        paging=asked,
        page_url=paging.page_url(),
        in_hand=editions.in_hand(library()) if can("edit_digest") else [],
        this_week=editions.this_week(library()),
        chosen=subscribing.of_member(library(), member().id),
    )


@pages.get("/digest/<week>")
def show(week: str) -> str:
    edition = editions.get(library(), week_of(week))
    is_out = editions.is_out(library(), edition)
    if not is_out and not can("edit_digest"):
        raise NotFound("There is no edition for %(week)s.", week=edition.week)
    before, after = editions.neighbours(library(), edition.week)
    return render_template(
        "digest/show.html",
        edition=edition,
        it=contents.of_edition(library(), edition),
        before=before,
        after=after,
        is_out=is_out,
    )


# -- What one gets ---------------------------------------------------------------------------------------------------


@pages.route("/digest/preferences", methods=["GET", "POST"])
def preferences() -> ResponseReturnValue:
    chosen = subscribing.of_member(library(), member().id)
    form = {
        "cadence": chosen.cadence.value,
        "scope": chosen.scope.value,
        "zone": chosen.zone,
        "named": "yes" if chosen.named else "",
        "notices": "yes" if chosen.notices else "",
        "followed": ", ".join(subscribing.topic_names(library(), chosen.followed)),
        "muted": ", ".join(subscribing.topic_names(library(), chosen.muted)),
    }
    errors: dict[str, str] = {}
    if request.method == "POST":
        form = {name: request.form.get(name, "") for name in form}
        try:
            subscribing.choose(
                library(),
                member().id,
                cadence=form["cadence"],
                scope=form["scope"],
                zone=form["zone"].strip(),
                named=bool(form["named"]),
                notices=bool(form["notices"]) or not can("edit_digest"),
                followed=topic_names.typed(library(), form["followed"]),
                muted=topic_names.typed(library(), form["muted"]),
            )
        except InvalidInput as error:
            errors = {error.field: of_error(error)}
        else:
            flash(_("Kept. It holds from the next edition on."), "done")
            return redirect(url_for("digest.preferences"), 303)
    page = render_template(
        "digest/preferences.html",
        form=form,
        errors=errors,
        chosen=chosen,
        cadences=Cadence,
        scopes=Scope,
        zones=sorted(available_timezones()),
        feed=public_url("digest.feed", token=subscribing.feed_token(library(), chosen)),
        hour=library().settings.digest_hour,
        day=locale().days["format"]["wide"][DAYS.index(library().settings.digest_day)],
    )
    return page, 400 if errors else 200


@pages.post("/digest/feed")
def new_feed() -> ResponseReturnValue:
    subscribing.new_feed(library(), member().id)
    flash(_("Your feed has a new address. The old one answers no more."), "done")
    return redirect(url_for("digest.preferences", _anchor="feed"), 303)


# -- Without signing in: the address holds the proof -----------------------------------------------------------------


@pages.get("/digest/leave/<token>")
def leave_page(token: str) -> str:
    """Asks first: programs that look into mails open every link in them."""
    chosen, quiet = subscribing.about(library(), token)
    answer_in(subscribing.language(library(), chosen.member_id))  # as the mail was
    return render_template("digest/leave.html", token=token, chosen=chosen, quiet=quiet, done="")


@pages.post("/digest/leave/<token>")
def leave(token: str) -> str:
    """One click, on the page or in the mail program (RFC 8058)."""
    back = request.form.get("back") == "yes"
    chosen = subscribing.come_back(library(), token) if back else subscribing.leave(library(), token)
    _, quiet = subscribing.about(library(), token)
    answer_in(subscribing.language(library(), chosen.member_id))
    return render_template(
        "digest/leave.html", token=token, chosen=chosen, quiet=quiet, done="back" if back else "left"
    )


@pages.get("/digest/feed/<token>")
def feed(token: str) -> Response:
    """The editions as an Atom feed (RFC 4287), for whoever has its private address."""
    reader = subscribing.reader_of_feed(library(), token)
    answer_in(subscribing.language(library(), reader.member_id))
    found, _ = editions.out(library(), _FEED_SIZE)
    told = list(zip(found, contents.of_editions(library(), found), strict=True))
    page = render_template(
        "digest/feed.xml",
        told=told,
        self_url=public_url("digest.feed", token=token),
        base=contents.base_url(library()),
        library_id=library().id,
        updated=max((edition.released_at or edition.drafted_at for edition in found), default=library().now()),
    )
    response = Response(_NOT_IN_XML.sub("", page), content_type="application/atom+xml; charset=utf-8")
    if found:
        response.last_modified = max(edition.released_at or edition.drafted_at for edition in found)
    response.add_etag()
    # A feed reader may keep it; nobody in between.
    response.headers["Cache-Control"] = "private, max-age=300"
    response.make_conditional(request)
    return response
