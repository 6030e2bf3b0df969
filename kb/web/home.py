"""The first page: the search box, the newest finds, the topics, the newest reviews."""

from __future__ import annotations

from flask import Blueprint, render_template

from kb import reviews
from kb.gems import gems
from kb.models import GemStatus
from kb.tags import tags
from kb.web.context import library, restricted

pages = Blueprint("home", __name__)
_GEMS, _TOPICS, _REVIEWS = 6, 30, 8


@pages.get("/")
def index() -> str:
    seen = restricted()
    newest_gems, gem_count = gems.listed(library(), status=GemStatus.PUBLISHED, restricted=seen, limit=_GEMS)
    newest, review_count = reviews.listed(library(), limit=_REVIEWS, restricted=seen)
    used = sorted((tag for tag in tags.listed(library()) if tag.reviews + tag.gems), key=lambda tag: -tag.reviews)
    return render_template(
        "home/index.html",
        gems=newest_gems,
        gem_count=gem_count,
        reviews=newest,
        review_count=review_count,
        topics=used[:_TOPICS],
        topic_count=len(used),
    )
