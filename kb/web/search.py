"""The search page and the suggestions under the search box. Every search is an address that can be shared."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, render_template, request

from kb import reviews
from kb.finding import explaining, finding, typeahead
from kb.finding.hits import FoundHit
from kb.languages import N_
from kb.web import facets, languages, paging
from kb.web.asked import SIZE, SORTS, Asked
from kb.web.context import library, member, search_made, served, unmasked
from kb.web.languages import gettext as _
from kb.web.shown import landing

pages = Blueprint("search", __name__)

# Where the words of a question stand in a result.
_SECTIONS: Mapping[str, str] = {
    "title": N_("in the title"),
    "tags": N_("in its topics and their other names"),
    "gem": N_("in the words of a gem"),
    "body": N_("in the text"),
    "turns": N_("in the conversation"),
    "comments": N_("in the comments"),
}


@pages.get("/search")
def index() -> str:
    asked = Asked.from_args(request.args)
    paging_ = paging.asked(SIZE)
    found = finding.search(
        library(),
        asked.question,
        unmasked=unmasked(),
        filters=asked.filters,
        sort=asked.sort,
        limit=paging_.size,
        offset=paging_.offset,
        months=True,
        exact=asked.exact,
        reads=languages.code(),
    )
    place_of = {(hit.type, hit.id): place for place, hit in enumerate(found.hits, paging_.offset)}
    again = "why" in request.args  # the same results, one of them explained
    again = again or asked.exact  # it was counted when it was read otherwise
    halted = finding.BROKEN in found.notes or finding.STARTING in found.notes or search_made() is not None
    if asked.question and paging_.number == 1 and not (asked.filters or again or halted):
        # What has only some of the words, others instead, or means something near is not known to be what was asked for.
        unsure = found.relaxed or found.corrected or found.only_meant
        served().searches.searched(asked.question, 0 if unsure else found.total)
    if asked.question and paging_.number == 1 and found.total:
        served().keeper.searched(member().id, asked.question, library().now())
    return render_template(
        "search/index.html",
        asked=asked,
        found=found,
        address_of=lambda hit: _address(hit, asked.as_origin(place_of[hit.type, hit.id])),
        facets=facets.lists(asked, found),
        chosen=facets.chips(asked, found),
        dates=facets.dates(asked, found, finding.by_month(found)) if found.total or asked.filters else None,
        sorts={sort: _(words) for sort, words in SORTS.items()},
        paging=paging_,
        page_url=paging.page_url(),
        explained=_explained(found),
        section_words=_SECTIONS,
        library_is_empty=not found.total and reviews.are_none(library()),
    )


def _address(hit: FoundHit, said: str) -> str:
    """Where a result leads: to the place that answers, with where one came from."""
    return f"{hit.url}{f'?from={quote(said)}' if said else ''}{landing(hit)}"


def _explained(found: finding.Found) -> tuple[str, explaining.Why | None]:
    """The one result that the address wants explained, as "gem:12", and why it was found."""
    wanted = request.args.get("why", "")
    for hit in found.hits:
        if wanted == hit.key:
            return wanted, explaining.why(library(), hit, found.node)
    return "", None


@pages.get("/search/suggest")
def suggest() -> Response:
    """What the box offers while somebody types: `{"suggestions": [{"kind", "text", "url", "count"}]}`."""
    typed = request.args.get("q", "")[:200]
    offered = typeahead.for_member(library(), typed, member(), unmasked=unmasked())
    return jsonify(suggestions=[{"kind": s.kind, "text": s.text, "url": s.url, "count": s.count} for s in offered])
