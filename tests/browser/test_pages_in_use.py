"""The pages of gems and topics as they are when something is on them: no empty states here. Each at both widths, light
and dark, nothing out of the window, axe and the console content."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from looks import look, sideways
from playwright.sync_api import expect
from served import Site, Visitor

from kb import members, reviews
from kb.gems import gems, health, life, talk
from kb.intake import carrying_out, intake, runs
from kb.models import Draft, Gem, GemDraft, GemStatus, Member, TagRule
from kb.store import gems as gem_store
from kb.store import sightings
from kb.tags import bulk, rules, tags
from kb.tags import merging as tag_merging

LONG = "Umsatzsteuervoranmeldung" * 3
NAME = "Maren Vogt-Hagedorn"


def person(site: Site, role: str) -> Member:
    found = members.by_email(site.library, f"{role}@kb.example")
    assert found is not None
    return found


def of_the_library(site: Site) -> list[Gem]:
    return gems.listed(site.library, status=GemStatus.PUBLISHED, limit=10, unmasked=True)[0]


def held(site: Site) -> str:
    """A gem of which everything is there to be seen: seen again, doubted, contradicted, talked of."""
    gem, curator = of_the_library(site)[0], person(site, "curator")
    others = [row.id for row in reviews.listed(site.library, limit=6)[0]]
    found = [(gem.id, id, 0.5, -1, "They were told so once more. " * 4) for id in others]
    with site.library.transaction() as db:
        sightings.propose(db, found, site.library.now())
    health.doubt(site.library, gem.id, f"Is that so in the new version? {LONG}", curator)
    talk.say(site.library, gem.id, "It worked for *two* of mine, @rosa.", person(site, "reader"))
    return f"/gems/{gem.id}"


def fresh(site: Site) -> str:
    gem = of_the_library(site)[1]
    health.verify(site.library, gem.id, person(site, "curator"))
    return f"/gems/{gem.id}"


def due(site: Site) -> str:
    gem = of_the_library(site)[2]
    with site.library.transaction() as db:
        gem_store.note(db, gem.id, true_until=site.library.today() - timedelta(days=3))
    return f"/gems/{gem.id}"


def replaced(site: Site) -> str:
    old, new = of_the_library(site)[:2]
    life.retire(site.library, old.id, "replaced", person(site, "curator"), word="The button moved.", replaced_by=new.id)
    return f"/gems/{old.id}"


def sent_back(site: Site) -> str:
    id = life.queue_ids(site.library)[0][0]
    life.send_back(site.library, id, "Which version was that?", person(site, "curator"))
    return f"/gems/{id}"


def compared(site: Site) -> str:
    gem = of_the_library(site)[0]
    draft = GemDraft(
        f"{gem.title} ({LONG})", gem.body.replace("the", "**the**") + "\n\nAnd look twice.", tags=("export",)
    )
    gems.edit(site.library, gem.id, draft, version=gem.version, member=person(site, "curator"))
    return f"/gems/{gem.id}/history/{gems.past(site.library, gem.id)[0].id}"


def merged(site: Site) -> int:
    gone, kept = (tags.named(site.library, name).id for name in ("data retention", "GDPR"))
    tag_merging.merge(site.library, gone, kept, "Chris Curator")
    return kept


def lately(site: Site) -> str:
    tags.rename(site.library, merged(site), f"Also {LONG}", "Chris Curator")
    return "/tags/lately"


def tag_history(site: Site) -> str:
    return f"/tags/{merged(site)}/history"


def alike(site: Site) -> str:
    for row, name in zip(reviews.listed(site.library, limit=3)[0], ("exports", "webhook", "Migrations"), strict=True):
        tags.add_to_review(site.library, row.id, name, "Rosa Reviewer")
    return "/tags/look-alikes"


def untagged(site: Site) -> str:
    for title in ("Nobody has looked at this one", LONG, "添付ファイルが開かない"):
        reviews.add(site.library, Draft(title=title, body="They asked twice.", reviewer="Rosa"), "Rosa Reviewer")
    return "/tags/untagged"


def with_rules(site: Site) -> str:
    tag_id = tags.named(site.library, "export").id
    for rule in (
        TagRule(kind="words", pattern="export rows"),
        TagRule(kind="regex", pattern=r"EXPORT_\w{3,40}", product="Reports"),
        TagRule(kind="phrase", pattern=LONG),
    ):
        rules.add(site.library, tag_id, rule, "Chris Curator")
    return "/tags/rules?tag=export"


def named_like_a_person(site: Site) -> str:
    first = reviews.listed(site.library, limit=1)[0][0].id
    tags.add_to_review(site.library, first, NAME, "Rosa Reviewer")
    reviews.add(site.library, Draft(body="Warm and brief.", reviewer="Rosa", reviewee=NAME), "Rosa Reviewer")
    return "/tags"


def planned(site: Site) -> str:
    ids = [row.id for row in reviews.listed(site.library, limit=25)[0]]
    return f"/bulk/{bulk.plan(site.library, 'tag', LONG, ids, 'Chris Curator').deed.id}"


def under_way(site: Site) -> str:
    path = planned(site)
    note = site.settings.home / f"bulk-{path.rpartition('/')[2]}.progress"
    note.write_text("9", "ascii")
    return path


def done(site: Site) -> str:
    path = planned(site)
    bulk.carry_out(site.library, int(path.rpartition("/")[2]), "Chris Curator")
    return path


def bulk_list(site: Site) -> str:
    done(site)
    return "/bulk"


def upload(site: Site) -> str:
    folder = site.settings.uploads / "named"
    folder.mkdir(parents=True)
    row = {"id": "n1", "body": "They asked twice.", "reviewee": "Noor Haddani", "tags": ["Noor Haddani", "export"]}
    (folder / "rows.ndjson").write_text(json.dumps(row) + "\n", "utf-8")
    number = runs.plan(site.library, folder, intake.IntakeOptions(source="desk"), who="curator@kb.example")
    return f"/ingest/runs/{number}"


def brought_in(site: Site) -> str:
    path = upload(site)
    carrying_out.carry_out(site.library, int(path.rpartition("/")[2]))
    return path


STATES: dict[str, Callable[[Site], str]] = {
    "gem-seen-again": held, "gem-fresh": fresh, "gem-due": due, "gem-replaced": replaced, "gem-sent-back": sent_back,
    "gem-compared": compared, "topics-changed": lately, "topic-history-of-a-merge": tag_history, "topics-look-alike": alike,
    "reviews-without-topic": untagged, "topic-with-rules": with_rules, "topics-with-a-persons-name": named_like_a_person,
    "bulk-planned": planned, "bulk-under-way": under_way, "bulk-carried-out": done, "bulk-list": bulk_list,
    "upload-with-a-persons-name": upload, "report-with-a-persons-name": brought_in,
}  # fmt: skip


@pytest.mark.parametrize("name", STATES)
def test_page_is_sound_with_something_on_it(name: str, site: Site, visitor: Callable[..., Visitor]) -> None:
    path = STATES[name](site)
    site.library.catch_up()
    visit = visitor(site, "curator")
    page = visit.page()
    response = page.goto(path)
    assert response is not None
    assert response.status == 200
    look(page, name)
    assert visit.complaints == []


def test_the_selection_in_a_review_and_its_form_are_sound(site: Site, visitor: Callable[..., Visitor]) -> None:
    draft = Draft(title="Turned away", body="They were turned away. Park at the green barrier.", language="en")
    review = reviews.add(site.library, draft, "Rosa Reviewer")
    visit = visitor(site, "reviewer")
    page = visit.page()
    page.goto(f"/reviews/{review.id}")
    page.get_by_text("Park at the green barrier").click(click_count=3)
    expect(page.get_by_role("toolbar").get_by_role("link", name="Make a gem")).to_be_visible()
    look(page, "review-with-a-selection")
    page.get_by_role("toolbar").get_by_role("link", name="Make a gem").click()
    page.get_by_label("What to do").fill("Use the **green** one, from six.")
    expect(page.locator("[data-preview-here] strong")).to_have_text("green")
    look(page, "gem-form-filled-in")
    assert visit.complaints == []


def test_the_bar_of_a_selection_is_in_the_window_before_its_script_hears_of_a_narrower_one(
    site: Site, visitor: Callable[..., Visitor]
) -> None:
    draft = Draft(title="Wide", body=f"{'They were turned away at the barrier. ' * 3}Park there.", language="en")
    review = reviews.add(site.library, draft, "Rosa Reviewer")
    page = visitor(site, "reviewer").page()
    # Ours is the first to hear of it, and keeps it from the page's own script.
    page.add_init_script("addEventListener('resize', (event) => event.stopImmediatePropagation(), true)")
    page.goto(f"/reviews/{review.id}")
    page.evaluate("""() => {
      const sought = "//*[@data-quotable]//text()[contains(., 'Park there')]";
      const words = document.evaluate(sought, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue;
      const at = words.data.indexOf("Park");
      document.getSelection().setBaseAndExtent(words, at, words, at + 4);
    }""")
    expect(page.get_by_role("toolbar").get_by_role("link", name="Make a gem")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 900})
    assert sideways(page) == []


def test_the_look_at_a_merge_is_sound(site: Site, visitor: Callable[..., Visitor]) -> None:
    visit = visitor(site, "curator")
    page = visit.page()
    page.goto(f"/tags/{tags.named(site.library, 'data retention').id}/edit")
    page.get_by_label("Into").fill("GDPR")
    page.get_by_label("Into").press("Tab")  # the suggestions, which lie over the button, go
    page.get_by_role("button", name="Look at the merge").click()
    expect(page.get_by_role("button", name="Merge", exact=True)).to_be_visible()
    look(page, "topic-merge-looked-at")
    assert visit.complaints == []
