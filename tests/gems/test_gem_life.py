"""The life of a gem: nominated, sent back, published, declined; retired, replaced and brought back."""

from __future__ import annotations

import pytest
from lifting import People, add_gem

from kb import members, notices
from kb.errors import Conflict, InvalidInput, NotAllowed, NotFound
from kb.finding import finding
from kb.gems import gems
from kb.gems import life as gem_life
from kb.gems import talk as gem_talk
from kb.library import Library
from kb.models import GemDraft, GemStatus, Role


def kinds(library: Library, member: object) -> list[tuple[str, str]]:
    return [(notice.kind, notice.words) for notice in notices.listed(library, member)]  # type: ignore[arg-type]


def found(library: Library, question: str) -> list[str]:
    library.catch_up()
    return [hit.title for hit in finding.search(library, question, unmasked=False).hits if hit.type == "gem"]


def test_a_nominated_gem_waits_in_the_queue_until_it_is_published(library: Library, people: People) -> None:
    gem = add_gem(library, people.reviewer, publish=False)
    assert (gem_life.waiting(library), found(library, "export")) == (1, [])
    after = gem_life.publish(library, gem.id, people.curator)
    assert (gem_life.waiting(library), found(library, "export")) == (0, [gem.title])
    assert after.owner_id == people.reviewer.id
    assert kinds(library, people.reviewer) == [("published", "")]


def test_a_gem_is_sent_back_with_a_word_and_comes_again_when_it_was_mended(library: Library, people: People) -> None:
    gem = add_gem(library, people.reviewer, publish=False)
    gem_life.send_back(library, gem.id, "which version?", people.curator)
    assert (gem_life.waiting(library), gems.get(library, gem.id, unmasked=True).word) == (0, "which version?")
    assert kinds(library, people.reviewer) == [("sent back", "which version?")]
    version = gems.get(library, gem.id, unmasked=True).version
    gems.edit(
        library, gem.id, GemDraft("Export stops", "Since 4.2: schedule it."), version=version, member=people.reviewer
    )
    assert gem_life.waiting(library) == 1


def test_sending_back_needs_a_word(library: Library, people: People) -> None:
    gem = add_gem(library, people.reviewer, publish=False)
    with pytest.raises(InvalidInput):
        gem_life.send_back(library, gem.id, "", people.curator)


def test_a_declined_gem_leaves_every_list_and_can_be_nominated_again(library: Library, people: People) -> None:
    gem = add_gem(library, people.reviewer, publish=False)
    gem_life.decline(library, gem.id, "known already", people.curator)
    assert (gem_life.waiting(library), gems.listed(library, unmasked=True)[1]) == (0, 0)
    gem_life.nominate_again(library, gem.id, people.reviewer)
    assert gem_life.waiting(library) == 1


def test_two_curators_cannot_deal_with_the_same_gem(library: Library, people: People) -> None:
    gem = add_gem(library, people.reviewer, publish=False)
    gem_life.publish(library, gem.id, people.curator)
    with pytest.raises(Conflict, match="Somebody else"):
        gem_life.decline(library, gem.id, "", people.curator)


def test_publishing_can_be_undone(library: Library, people: People) -> None:
    gem = add_gem(library, people.reviewer, publish=False)
    gem_life.publish(library, gem.id, people.curator)
    gem_life.withdraw(library, gem.id, people.curator)
    assert gem_life.waiting(library) == 1


def test_a_retired_gem_leaves_search_and_lists_at_once_and_status_finds_it(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    assert found(library, "export") == [gem.title]
    after = gem_life.retire(library, gem.id, "fixed", people.curator, link="https://bugs.example/12")
    assert (found(library, "export"), found(library, "status:retired")) == ([], [gem.title])
    assert gems.listed(library, unmasked=False)[1] == 0
    assert (after.retired_for, after.retired_link) == ("fixed", "https://bugs.example/12")


def test_a_retired_gem_says_what_replaces_it(library: Library, people: People) -> None:
    gem, better = add_gem(library, people.curator), add_gem(library, people.curator, title="Better")
    after = gem_life.retire(library, gem.id, "replaced", people.curator, replaced_by=better.id)
    assert after.replaced_by == better.id


@pytest.mark.parametrize(
    ("reason", "fields"),
    [("", {}), ("bored", {}), ("replaced", {}), ("replaced", {"replaced_by": 1}), ("fixed", {"link": "javascript:x"})],
)
def test_a_reason_that_cannot_be_is_refused(
    library: Library, people: People, reason: str, fields: dict[str, int]
) -> None:
    gem = add_gem(library, people.curator)
    with pytest.raises(InvalidInput):
        gem_life.retire(library, gem.id, reason, people.curator, **fields)  # type: ignore[arg-type]
    assert gems.get(library, gem.id, unmasked=True).status is GemStatus.PUBLISHED


def test_a_retired_gem_can_be_brought_back(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    gem_life.retire(library, gem.id, "wrong", people.curator, word="it is not")
    after = gem_life.bring_back(library, gem.id, people.curator)
    assert (after.status, after.retired_for, found(library, "export")) == (GemStatus.PUBLISHED, "", [gem.title])


def test_a_history_says_who_did_what_and_an_earlier_text_is_brought_back(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator, tags=("export",))
    for title in ("Second", "Third"):
        version = gems.get(library, gem.id, unmasked=True).version
        gems.edit(library, gem.id, GemDraft(title, gem.body, tags=("night",)), version=version, member=people.curator)
    newest, older, *_ = gems.past(library, gem.id)
    assert (newest.who, newest.fields) == ("Curator One", {"title": ("Second", "Third")})
    after = gems.restore(library, gem.id, older.id, member=people.curator)
    assert (after.title, gems.tag_names(after)) == (gem.title, ["export"])


def test_an_edit_that_began_from_an_older_version_is_refused(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    gems.edit(library, gem.id, GemDraft("Second", "x"), version=gem.version, member=people.curator)
    with pytest.raises(Conflict):
        gems.edit(library, gem.id, GemDraft("Third", "x"), version=gem.version, member=people.curator)


def test_a_gem_is_not_edited_by_who_does_not_own_it(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    with pytest.raises(NotAllowed):
        gems.edit(library, gem.id, GemDraft("Mine", "x"), version=gem.version, member=people.reviewer)


@pytest.mark.parametrize("name", ["@reader", "@reader@kb.example", "@ReaderOne", "@Reader", "(@reader)."])
def test_a_member_named_in_a_comment_is_told(library: Library, people: People, name: str) -> None:
    gem = add_gem(library, people.curator)
    gem_talk.say(library, gem.id, f"What do you think, {name}?", people.reviewer)
    assert [notice.kind for notice in notices.listed(library, people.reader)] == ["mentioned"]
    assert [notice.kind for notice in notices.listed(library, people.curator)] == ["commented"]


def test_who_may_not_see_a_gem_is_not_told_of_it(library: Library, people: People) -> None:
    gem = add_gem(library, people.reviewer, publish=False)
    gem_talk.say(library, gem.id, "@reader look", people.curator)
    assert notices.unread(library, people.reader) == 0
    with pytest.raises(NotFound):
        gem_talk.say(library, gem.id, "hello", people.reader)


def test_what_a_reader_is_told_of_a_gem_names_no_reviewee(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator, title="As Noor says")
    noor = members.add(library, "noor@kb.example", role=Role.REVIEWER, password="long enough 1", name="Noor Haddani")
    gem_talk.say(library, gem.id, "Noor here, @reader @reviewer", noor)
    (told,) = notices.listed(library, people.reader)
    assert (told.who, told.title, told.words) == ("Case owner", "As [name] says", "[name] here, @reader @reviewer")
    (told,) = notices.listed(library, people.reviewer)
    assert (told.who, told.title) == ("Noor Haddani", "As Noor says")


def test_an_address_in_a_text_names_nobody(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    gem_talk.say(library, gem.id, "mail me at someone@reader.example", people.reviewer)
    assert notices.unread(library, people.reader) == 0


def test_a_readers_view_of_the_talk_names_no_reviewee(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    gem_talk.say(library, gem.id, "Noor said so", people.reviewer)
    gem_talk.vote(library, gem.id, people.curator, worked=True, word="as Noor did")
    talk = gem_talk.of(library, gems.get(library, gem.id, unmasked=True), people.reader, unmasked=False)
    assert (talk.comments[0].body, talk.votes[0].word, talk.votes[0].name) == ("[name] said so", "as [name] did", "")


@pytest.mark.parametrize("text", ["{}", " #{} ", "/gems/{}", "https://kb.example/gems/{}/", "/gems/{}?from=/search"])
def test_a_gem_is_named_by_its_number_or_address(library: Library, people: People, text: str) -> None:
    gem = add_gem(library, people.curator)
    assert gems.named(library, text.format(gem.id), "into").id == gem.id


@pytest.mark.parametrize("text", ["", "that one", "²", "/gems/", "99"])
def test_what_names_no_gem_is_said_at_its_field(library: Library, text: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        gems.named(library, text, "into")
    assert raised.value.field == "into"
