"""Every page, narrow and wide, light and dark: nothing runs out of the window, axe and the console are content."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from looks import LOOKED_AT_BY_AXE, look, sideways, violations
from samples import AWKWARD
from served import Site, Visitor, picture

from kb import members, reviews
from kb.finding import finding
from kb.gems import gems
from kb.intake import intake, runs
from kb.models import GemStatus, Role
from kb.trails import trails

PAGES: dict[str, tuple[str | None, str]] = {
    "sign-in": (None, "/sign-in"),
    "home": ("curator", "/"),
    "search": ("reader", "/search?q=export"),
    "search-narrowed": ("reviewer", "/search?q=export&tag=export&kind=peer&kind=call&sort=newest"),
    "search-dates": ("curator", "/search?q=export&-tag=GDPR&from=2026-03&to=2026-08"),
    "search-within": ("curator", "/search?q=lighthouse&why={within}"),
    "search-second-page": ("reader", "/search?q=export&page=2"),
    "search-nothing": ("reader", "/search?q=zzzzqqqq&tag=GDPR"),
    "search-read-otherwise": ("reader", "/search?q=exprot&kind=peer"),
    "search-as-typed": ("reader", "/search?q=export&exact=1"),
    "search-as-typed-nothing": ("reader", "/search?q=exprot&exact=1"),
    "search-notes": ("reader", "/search?q=tag%3A+AND+%28exprot"),
    "reviews": ("reviewer", "/reviews"),
    "review": ("reviewer", "{awkward}"),
    "review-as-reader": ("reader", "{awkward}"),
    "review-japanese": ("reviewer", "{japanese}"),
    "trails": ("reader", "/trails"),
    "trails-templates": ("curator", "/trails?which=templates"),
    "trails-none": ("reviewer", "/trails?which=assigned"),
    "trail": ("reader", "/trails/1"),
    "trail-topic": ("reader", "/trails/1/steps/1"),
    "trail-gem": ("reader", "/trails/1/steps/2"),
    "trail-replay": ("reader", "{replay}"),
    "trail-print": ("reader", "/trails/1/print"),
    "trail-new": ("curator", "/trails/new"),
    "trail-edit": ("curator", "/trails/1/edit?q=export"),
    "trail-people": ("curator", "/trails/1/people"),
    "trail-history": ("curator", "/trails/1/history"),
    "replay-open": ("reader", "{case}/replay"),
    "replay-further": ("reader", "{case}/replay?at=2"),
    "replays-none": ("reader", "/replays"),
    "review-new": ("reviewer", "/reviews/new"),
    "call-note-new": ("reviewer", "/reviews/new?kind=call"),
    "review-edit": ("reviewer", "{awkward}/edit"),
    "review-history": ("reviewer", "{awkward}/history"),
    "gem-new": ("reviewer", "{awkward}/gems/new?quote=Filter+first"),
    "topics": ("reader", "/tags"),
    "topic": ("curator", "/tags/1"),
    "topics-as-a-tree": ("reader", "/tags?view=tree"),
    "topics-narrowed": ("reader", "/tags?q=exp"),
    "topic-edit": ("curator", "/tags/1/edit"),
    "topic-merge": ("curator", "/tags/1/merge?into=import"),
    "topic-split": ("curator", "/tags/1/split?q=export"),
    "topic-delete": ("curator", "/tags/1/delete"),
    "topic-history": ("curator", "/tags/1/history"),
    "topics-lately": ("curator", "/tags/lately"),
    "topics-alike": ("curator", "/tags/look-alikes"),
    "topic-rules": ("curator", "/tags/rules?tag=GDPR"),
    "reviews-untagged": ("curator", "/tags/untagged"),
    "reviews-to-choose": ("curator", "/reviews"),
    "search-to-choose": ("curator", "/search?q=export"),
    "bulk": ("curator", "/bulk"),
    "gems": ("reader", "/gems"),
    "gems-nominated": ("curator", "/gems?status=nominated"),
    "gem": ("curator", "/gems/1"),
    "gem-nominated": ("curator", "{nominated}"),
    "gem-retired": ("reader", "{retired}"),
    "gem-edit": ("curator", "/gems/1/edit"),
    "gem-merge": ("curator", "{nominated}/merge?into=1"),
    "gem-retire": ("curator", "/gems/1/retire"),
    "queue": ("curator", "/queue"),
    "due": ("curator", "/gems/due"),
    "library-health": ("curator", "/library-health"),
    "notices": ("curator", "/notices"),
    "notices-of-a-question": ("reader", "/notices"),
    "questions": ("reviewer", "/questions"),
    "questions-mine": ("reader", "/questions?mine=yes"),
    "questions-closed": ("reader", "/questions?state=closed"),
    "question": ("curator", "/questions/1"),
    "question-as-reader": ("reader", "/questions/3"),
    "question-answered": ("reader", "/questions/4"),
    "saved-searches": ("reader", "/mine/searches"),
    "saved-searches-none": ("admin", "/mine/searches"),
    "synonyms": ("curator", "/synonyms"),
    "synonym": ("curator", "/synonyms/1"),
    "not-found": ("curator", "/searches"),
    "question-new": ("reader", "/questions/new?text=export"),
    "trash": ("curator", "/trash"),
    "trash-erase": ("curator", "/trash/erase?review={thrown}"),
    "ingest": ("reviewer", "/ingest"),
    "ingest-report": ("reviewer", "/ingest/runs/1"),
    "ingest-plan": ("reviewer", "/ingest/runs/2"),
    "ingest-set-aside": ("reviewer", "/ingest/runs/3"),
    "ingest-erase": ("reviewer", "/ingest/runs/3/erase?every=yes"),
    "ingest-row": ("reviewer", "{row}"),
    "ingest-gem": ("reviewer", "{row}/gem?quote=Take%20the%20side%20door&place=1"),
    "members": ("admin", "/members"),
    "member-forget": ("admin", "/members/{left}/forget"),
    "account": ("reader", "/account"),
    "settings": ("reader", "/mine/settings"),
    "mine": ("curator", "/mine"),
    "bookmarks": ("reader", "/mine/bookmarks"),
    "history": ("curator", "/mine/history"),
    "gem-from-a-topic": ("reader", "/gems/1?from=tag:1"),
    "review-from-a-search": ("reader", "{awkward}?from=search:0:q%3Dawkward"),
    "review-at-its-place": ("reviewer", "{awkward}?from=search:0:q%3Dwebhooks%2Bexport#found"),
    "help": ("reader", "/help"),
}


@pytest.fixture(scope="module")
def places(samples: Site) -> dict[str, str]:
    """Where the awkward review, a Japanese one, and gems of each state are."""

    def first(question: str, **filters: tuple[str, ...]) -> str:
        return finding.search(samples.library, question, unmasked=True, filters=filters, limit=1).hits[0].url

    def gem(status: GemStatus) -> str:
        return f"/gems/{gems.listed(samples.library, status=status, unmasked=True)[0][0].id}"

    [[within]] = [entry.within for entry in finding.search(samples.library, "lighthouse", unmasked=True).entries]
    return {
        "within": f"{within.type}:{within.id}",
        "awkward": first(f"title:{AWKWARD}"),
        "japanese": first("エクスポート", type=("review",), language=("ja",)),
        "case": first('title:"Christmas price list"', type=("review",)),
        "replay": f"/trails/1/steps/{replay_step(samples)}",
        "thrown": str(reviews.trashed(samples.library)[0][0].id),
        "left": str(who_left(samples)),
        "row": f"/ingest/runs/2/rows/{uploaded_row(samples)}",
        "nominated": gem(GemStatus.NOMINATED),
        "retired": gem(GemStatus.RETIRED),
    }


def replay_step(site: Site) -> int:
    return next(step.id for step in trails.steps(site.library, 1) if step.kind == "replay")


def who_left(site: Site) -> int:
    members.add(site.library, "left@kb.example", role=Role.READER, password="a good password", name="Lea Left")
    return members.set_active(site.library, "left@kb.example", False).id


def uploaded_row(samples: Site) -> str:
    paths, options = runs.options_of(samples.library, 2)
    return intake.preview(samples.library, paths, options).first[0].key


@pytest.mark.parametrize("name", PAGES)
def test_page_is_sound_at_every_width_and_in_the_dark(
    name: str, places: dict[str, str], reader: Callable[..., Visitor]
) -> None:
    role, path = PAGES[name]
    person = reader(role)
    page = person.tab()
    response = page.goto(path.format(**places))
    assert response is not None
    assert response.status == 200
    look(page, name)
    assert person.complaints == []


# What most people meet on most days, in a language of longer words and in one of another script.
IN_OTHER_LANGUAGES = [
    "sign-in", "home", "search", "search-narrowed", "search-nothing", "reviews", "review", "review-japanese", "review-edit",
    "trails", "trail-gem", "replay-open", "gem-new", "topics", "topic", "topic-rules", "gems", "gem", "gem-retired", "queue",
    "due", "library-health", "notices", "questions", "question", "ingest", "ingest-report", "members", "account", "settings",
    "mine", "help", "search-within",
]  # fmt: skip


# Every page in one of them, turn by turn: what overflows in one does so by its words, what is not translated in all.
@pytest.mark.parametrize(
    ("name", "language"), [(name, ("ja", "de", "es")[at % 3]) for at, name in enumerate(IN_OTHER_LANGUAGES)]
)
def test_page_is_sound_in_another_language(
    name: str, language: str, places: dict[str, str], reader: Callable[..., Visitor]
) -> None:
    role, path = PAGES[name]
    person = reader(role, language)
    page = person.tab()
    page.goto(path.format(**places))
    assert page.locator("html").get_attribute("lang") == language
    for width, scheme in LOOKED_AT_BY_AXE:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        picture(page, f"{name}-{language}-{width}-{scheme}")
        assert sideways(page) == []
    assert violations(page) == []
    assert person.complaints == []
