"""The front page: search, what is new in my topics, my trails, this week's gems, the map of topics, what waits for me."""

from __future__ import annotations

from flask import Blueprint, render_template

from kb import front, reviews
from kb.gems import evidence, gems
from kb.models import GemStatus
from kb.questions import questions
from kb.tags import tags
from kb.trails import walking
from kb.web.context import library, member, unmasked

pages = Blueprint("home", __name__)
_REVIEWS, _QUESTIONS, _TRAILS = 6, 4, 3


@pages.get("/")
def index() -> str:
    seen = unmasked()
    everything = tags.listed(library())
    newest, review_count = reviews.listed(library(), limit=_REVIEWS, unmasked=seen)
    gem_count = gems.listed(library(), status=GemStatus.PUBLISHED, limit=0, unmasked=seen)[1]
    finds = front.finds(library(), unmasked=seen)
    return render_template(
        "home/index.html",
        finds=finds,
        seen_in=evidence.seen(library(), finds.gems),
        gem_count=gem_count,
        reviews=newest,
        review_count=review_count,
        map=front.topic_map(library(), everything),
        topic_count=sum(1 for tag in everything if tag.reviews + tag.gems),
        news=front.news(library(), member(), unmasked=seen),
        waiting=front.waiting(library(), member(), unmasked=seen),
        questions=questions.for_member(library(), member(), _QUESTIONS, unmasked=unmasked()),
        trails=[one for one in walking.mine(library(), member(), _TRAILS, unmasked=seen) if not one.finished],
    )
