"""The weekly edition for its curators: edit, look at it as it will be, approve, and see what became of each message."""

from __future__ import annotations

import json
from typing import Any

from babel.dates import format_date
from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.digest import contents, editions, letters, settling, subscribing, ways
from kb.digest.queueing import hooks
from kb.errors import InvalidInput
from kb.mail.near import is_here
from kb.values.digest import Channel, DeliveryState, Edition, EditionState
from kb.web import paging
from kb.web.blocks import shown_blocks
from kb.web.context import library, member, served, settings, who
from kb.web.digest import week_of
from kb.web.languages import gettext as _
from kb.web.languages import locale, of_error

pages = Blueprint("digest_desk", __name__)
_SIZE = 50
_STATES = {
    "trouble": (DeliveryState.UNCERTAIN, DeliveryState.REFUSED),
    "waiting": (DeliveryState.WAITING, DeliveryState.CLAIMED),
    "sent": (DeliveryState.SENT, DeliveryState.SETTLED),
    "skipped": (DeliveryState.SKIPPED,),
}
# A mail brings its styles along. Nothing else of it may do anything, and only our own pages frame it.
_MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
KINDS = ("mail", "text", "slack", "teams")


@pages.post("/digest/draft")
def draft() -> ResponseReturnValue:
    week = week_of(request.form.get("week", ""))
    drafting = editions.draft(library(), week, who(), again=request.form.get("again") == "yes")
    if drafting.made:
        flash(_("The edition of week %(number)d is drafted.", number=drafting.edition.week.number), "done")
    return redirect(url_for("digest_desk.edit", week=week), 303)


@pages.get("/digest/<week>/edit")
def edit(week: str) -> str:
    edition = editions.get(library(), week_of(week))
    return _page(edition)


def _page(edition: Edition, errors: dict[str, str] | None = None, opening: str | None = None) -> str:
    return render_template(
        "digest/edit.html",
        edition=edition,
        it=contents.of_edition(library(), edition),
        entries=contents.entries(library(), edition),
        opening=edition.opening if opening is None else opening,
        addable=editions.addable(library(), edition) if edition.is_open else [],
        willing=editions.willing(library()),
        counts=settling.counts(library(), edition),
        errors=errors or {},
        local_hour=edition.send_at.astimezone(library().zone),
        approval=settings().digest_approval,
        zone=settings().timezone,
        sends_itself=settings().digest_serve == "yes",
        has_mail=bool(settings().smtp_host),
        refused=subscribing.refused(library()),
        leads_to=_leads_astray(),
    )


def _leads_astray() -> str:
    """The address of this machine alone, where links of what goes out lead to it; else nothing."""
    host = settings().host
    nowhere = not settings().base_url and (is_here(host) or host in ("0.0.0.0", "::"))  # noqa: S104 - not listened on here
    return contents.base_url(library()) if nowhere and (settings().smtp_host or hooks(library())) else ""


@pages.post("/digest/<week>/edit")
def save(week: str) -> ResponseReturnValue:
    """One form for everything: `do` says which of its buttons it was."""
    found = editions.get(library(), week_of(week))
    form, do = request.form, request.form.get("do", "save")
    order = [_number(text) for text in form.getlist("item")]
    move, _colon, moved = do.partition(":")
    if move in ("up", "down"):
        order = _moved(found, order, _number(moved), -1 if move == "up" else 1)
    version = _number(form.get("version"))
    try:
        edition = _kept(found, form.get("opening", ""), order, version)
        if do == "add":
            edition = editions.add_gem(library(), found.week, _number(form.get("gem")), who(), version=edition.version)
        elif do in ("approve", "approve-wait"):
            return _approve(edition, wait=do == "approve-wait")
    except InvalidInput as error:
        if error.field == "opening":  # Only the words are refused: what was ticked and moved beside them is kept.
            _kept(found, found.opening, order, version)
        return _page(editions.get(library(), found.week), {error.field: of_error(error)}, form.get("opening")), 400
    if move == "look":
        return redirect(_look(edition, moved), 303)
    if move == "save":
        flash(_("Kept."), "done")
    anchor = f"item-{moved}" if moved else None
    return redirect(url_for("digest_desk.edit", week=edition.week, _anchor=anchor), 303)


def _kept(found: Edition, opening: str, order: list[int], version: int) -> Edition:
    """Keep the opening words with what the form says of the items. Raises Conflict, InvalidInput."""
    form = request.form
    return editions.edit(
        library(),
        found.week,
        who(),
        version=version,
        opening=opening,
        order=order,
        dropped={_number(text) for text in form.getlist("drop")},
        credits={id: _number(form.get(f"credit-{id}")) or None for id in order},
    )


def _look(edition: Edition, kind: str) -> str:
    if kind in KINDS:
        chosen: dict[str, Any] = {"as": kind}
        return url_for("digest_desk.preview", week=edition.week, **chosen)
    return url_for("digest.show", week=edition.week)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _moved(edition: Edition, order: list[int], id: int, step: int) -> list[int]:
    """The order with one item a place up or down among those of its section."""
    section = {item.id: item.section for item in edition.items}
    if id not in order or id not in section:
        return order
    mine = [other for other in order if section.get(other) == section[id]]
    place = mine.index(id)
    target = min(max(place + step, 0), len(mine) - 1)
    mine.insert(target, mine.pop(place))
    return [other for other in order if section.get(other) != section[id]] + mine


def _approve(edition: Edition, *, wait: bool) -> ResponseReturnValue:
    approved = editions.approve(library(), edition.week, who(), wait=wait)
    served().wake_postman()
    local = (approved.released_at or approved.send_at).astimezone(library().zone)
    if approved.released_at and approved.released_at > library().now():
        day = format_date(local, "EEEE", locale=locale())
        flash(_("Approved. It goes out on %(day)s at %(time)s.", day=day, time=f"{local:%H:%M}"), "done")
    elif settings().digest_serve == "yes":
        flash(_("Approved. It goes out now."), "done")
    else:
        flash(_("Approved. It goes out with the next run of: kb digest send"), "done")
    return redirect(url_for("digest_desk.deliveries", week=edition.week), 303)


# -- As it will be ---------------------------------------------------------------------------------------------------


@pages.get("/digest/<week>/preview")
def preview(week: str) -> Response:
    edition = editions.get(library(), week_of(week))
    kind = request.args.get("as", "mail")
    whole = contents.of_edition(library(), edition)
    body = _payload(kind, edition)
    response = make_response(
        render_template(
            "digest/preview.html",
            edition=edition,
            it=whole,
            kind=kind if kind in KINDS else "mail",
            kinds=KINDS,
            text=letters.sample(library(), edition, member().id).text if kind == "text" else "",
            blocks=shown_blocks(body["blocks"]) if kind == "slack" else [],
            card=body["attachments"][0]["content"] if kind == "teams" else None,
            code=json.dumps(body, ensure_ascii=False, indent=2) if body else "",
        )
    )
    # The mail is shown in a frame of its own, as a mail program would.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'self'"
    )
    return response


def _payload(kind: str, edition: Edition) -> dict[str, Any]:
    if kind not in ("slack", "teams"):
        return {}
    whole = contents.of_edition(library(), edition)
    return ways.message_for(library(), Channel(kind), whole, library().now(), "preview")[0]


@pages.get("/digest/<week>/mail")
def mail(week: str) -> Response:
    """The HTML of the mail, just as it is sent; its links to leave are the curator's own."""
    edition = editions.get(library(), week_of(week))
    response = Response(letters.sample(library(), edition, member().id).html)
    response.headers["Content-Security-Policy"] = _MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


# -- What became of it -----------------------------------------------------------------------------------------------


@pages.get("/digest/<week>/deliveries")
def deliveries(week: str) -> str:
    edition = editions.get(library(), week_of(week))
    state = request.args.get("state", "trouble")
    asked = paging.asked(_SIZE)
    found, total = settling.listed(library(), edition, _STATES.get(state, _STATES["trouble"]), asked.size, asked.offset)
    return render_template(
        "digest/deliveries.html",
        edition=edition,
        found=found,
        total=total,
        state=state if state in _STATES else "trouble",
        counts=settling.counts(library(), edition),
        states=_STATES,
        paging=asked,
        page_url=paging.page_url(),
        refused=subscribing.refused(library()),
        has_mail=bool(settings().smtp_host),
        sends_itself=settings().digest_serve == "yes",
        is_out=edition.state in (EditionState.APPROVED, EditionState.SENT),
    )


@pages.post("/digest/<week>/deliveries/<int:id>")
def settle(week: str, id: int) -> ResponseReturnValue:
    """`do` is again or close."""
    edition = editions.get(library(), week_of(week))
    if request.form.get("do") == "again":
        done = settling.send_again(library(), id, who())
        again, nothing = _("It is sent again with the next run."), _("Nothing to do: it is on its way already.")
        flash(again if done else nothing, "done")
        served().wake_postman()
    else:
        settling.take_as_sent(library(), id, who())
        flash(_("Closed: it is not sent again."), "done")
    return redirect(url_for("digest_desk.deliveries", week=edition.week), 303)


@pages.post("/digest/addresses/<int:id>")
def allow(id: int) -> ResponseReturnValue:
    subscribing.allow_again(library(), id, who())
    flash(_("The address is tried again with the next edition."), "done")
    return redirect(url_for("digest.index"), 303)
