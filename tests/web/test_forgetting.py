"""A member who left is forgotten: what was theirs goes, what they made for all stays without their name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from browsing import page
from click.testing import CliRunner

from kb import forgetting, members, reviews, signing_in, threads
from kb.cli import cli
from kb.errors import Conflict
from kb.finding import finding, saved
from kb.gems import gems, health, talk
from kb.library import Library
from kb.mine import bookmarks
from kb.models import Draft, GemDraft, Kind, Member, Role
from kb.questions import asking
from kb.store import forgetting as store
from kb.tags import tags
from kb.trails import assigning, trails
from kb.values.trails import StepKind, TrailState
from kb.words import FORMER


def everything(library: Library) -> str:
    """All that stands in the library's tables."""
    tables = [row[0] for row in library.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = (row for table in tables for row in library.db.execute(f"SELECT * FROM {table}"))  # noqa: S608
    return "\n".join(str(row) for row in rows)


@pytest.fixture
def chris(library: Library) -> Member:
    """A curator who did a bit of everything, also under an earlier name, and whose account is closed."""
    chris = members.set_name(library, "curator@kb.example", "Christa Kurator")
    review = reviews.add(library, Draft(body="The export stops at ten rows."), chris.called).id
    threads.say(library, review, "I saw that, too.", chris)
    draft = GemDraft("Exports stop", "Export in two halves.", "The export stops")
    gem = gems.lift(library, review, draft, who=chris.called, publish=True, member=chris)
    health.verify(library, gem.id, chris)
    talk.say(library, gem.id, "It holds.", chris)
    talk.vote(library, gem.id, chris, worked=True)
    topic = tags.add_to_review(library, review, "export", chris.called)
    tags.edit(library, topic.id, who=chris.called, owner=chris.email)
    asking.ask(library, "How many rows are too many?", chris, named=True)
    saved.save(library, chris, "mine", "export", filters={})
    bookmarks.keep(library, chris, "gem", gem.id, note="my own note")
    members.new_token(library, chris.email)
    with pytest.raises(signing_in.SignInRefused):
        signing_in.sign_in(library, chris.email, "a wrong password", "127.0.0.1")
    chris = members.set_name(library, chris.email, "Chris Curator-Smith")
    talk.say(library, gem.id, "It still holds.", chris)
    trail = trails.make(library, "First days", "", chris, new=[(StepKind.GEM, gem.id, "")])
    trails.set_state(library, trail.id, TrailState.PUBLISHED, chris)
    assigning.assign(library, trail.id, "member", chris, email=chris.email)
    return members.set_active(library, chris.email, False)


def test_nothing_names_them_afterwards(library, chris):
    assert "Christa Kurator" in everything(library)
    forgetting.forget(library, chris.id, "Ada Admin")
    left = everything(library)
    assert FORMER in left
    for name in ("Christa", "Kurator", "Chris Curator", "curator@kb.example", "my own note"):
        assert name not in left


def test_what_they_made_for_all_stays_without_their_name(library, client_as, chris):
    forgetting.forget(library, chris.id, "Ada Admin")
    seen = page(client_as("admin").get("/gems/1"))
    for said in ("It holds.", "It still holds.", FORMER):
        assert said in seen
    assert gems.get(library, 1, unmasked=True).owner == ""
    assert [tag.owner_name for tag in tags.listed(library)] == [""]


def test_whatever_leads_to_a_member_is_told_what_becomes_of_it(library):
    leads = library.db.execute(
        """SELECT m.name, f."from" FROM sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS f
            WHERE m.type = 'table' AND f."table" = 'members'"""
    ).fetchall()
    told = {(table, "member_id") for table in (*store.OWN, *store.COUNTED)}
    told |= {(table, column) for table, columns in store.MADE.items() for column in columns}
    assert set(leads) == told


@pytest.mark.parametrize(("form", "reviewer"), [({}, "Christa Kurator"), ({"reviews": "yes"}, FORMER)])
def test_the_reviews_that_they_wrote_say_so_too_if_that_is_wanted(library, client_as, chris, form, reviewer):
    written = Draft(body="Ask by phone first.", reviewer="Christa Kurator")
    id = reviews.add(library, replace(written, reviewer="Otto Other"), "Ada Admin").id
    reviews.edit(library, id, written, version=1, who="Ada Admin")
    of_herself = reviews.add(library, replace(written, kind=Kind.SELF), "Ada Admin").id
    admin = client_as("admin")
    assert "Let the 1 review that they wrote" in page(admin.get(f"/members/{chris.id}/forget"))
    admin.post(f"/members/{chris.id}/forget", data=form)
    assert reviews.get(library, id, unmasked=True).reviewer == reviewer
    assert [change.fields["reviewer"] for change in reviews.past(library, id) if change.fields] == [
        ("Otto Other", reviewer)
    ]
    assert reviews.get(library, of_herself, unmasked=True).reviewer == "Christa Kurator"
    library.catch_up()
    assert [hit.id for hit in finding.search(library, f'reviewer:"{reviewer}" phone', unmasked=False).hits] == [id]


def test_whoever_can_still_sign_in_is_not_forgotten(library, client_as):
    robin = members.by_email(library, "reader@kb.example")
    with pytest.raises(Conflict, match="Keep them out first"):
        forgetting.forget(library, robin.id, "Ada Admin")
    refused = client_as("admin").post(f"/members/{robin.id}/forget")
    assert refused.status_code == 409
    assert "That cannot be done just now" in refused.text
    assert "can still sign in" in refused.text
    assert members.by_email(library, "reader@kb.example") == robin


def test_an_admin_is_told_first_what_becomes_of_it(library, client_as, chris):
    members.set_name(library, "other@kb.example", "Christa Kurator")
    sure = page(client_as("admin").get(f"/members/{chris.id}/forget"))
    for words in ("Forget Chris Curator-Smith?", "1 gem, 1 topic, 1 trail", "other@kb.example"):
        assert words in sure
    assert members.get(library, chris.id) == chris


def test_an_admin_forgets_a_member_and_the_page_says_so_without_the_name(library, client_as, chris):
    answer = client_as("admin").post(f"/members/{chris.id}/forget", follow_redirects=True)
    assert "The member is forgotten." in answer.text
    assert f"Member no. {chris.id}, by Ada Admin" in answer.text
    assert "Chris" not in page(client_as("admin").get("/members"))
    assert client_as("admin").get(f"/members/{chris.id}/forget").status_code == 404
    assert client_as("admin").post(f"/members/{chris.id}/active", data={"active": "yes"}).status_code == 404


def test_a_former_members_address_is_free_for_a_new_account_that_has_nothing_of_theirs(library, chris):
    forgetting.forget(library, chris.id, "Ada Admin")
    again = members.add(library, chris.email, role=Role.READER, password="another good one")
    assert again.id != chris.id
    assert saved.of_member(library, again) == []


def test_the_command_asks_before_it_forgets(home, library, chris):
    def run(answer: str) -> str:
        return CliRunner().invoke(cli, ["--home", str(home), "member", "forget", chris.email], input=answer).output

    assert "What names “Christa Kurator” stays: " in run("n\n")
    assert members.by_email(library, chris.email) == chris
    assert "Done." in run("y\n")
    assert chris.email not in everything(library)
