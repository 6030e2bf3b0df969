"""Tags learned from what was tagged before."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from blank import lay_down

from kb import reviews
from kb import settings as all_settings
from kb.errors import LibraryError
from kb.library import Library
from kb.models import Draft
from kb.tags import learning, suggesting, tags

Make = Callable[..., int]

pytestmark = pytest.mark.slow
TOPICS = {
    "billing": ["invoice", "payment", "refund", "card", "amount", "charged", "twice"],
    "sign-in": ["password", "login", "locked", "certificate", "redirect", "browser"],
}
OTHER = ["customer", "called", "asked", "agent", "answered", "again", "morning", "week", "helped", "thanks"]


def text(topic: str, random: Random) -> str:
    words = random.choices(TOPICS.get(topic, OTHER), k=5) + random.choices(OTHER, k=15)
    random.shuffle(words)
    return " ".join(words)


@pytest.fixture(scope="module")
def taught_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library in which billing and sign-in were tagged, something else, and now and then what no word tells."""
    settings = all_settings.load(tmp_path_factory.mktemp("taught") / "home", environ={}, meaning="off")
    lay_down(settings)
    opened = Library(settings)
    random = Random(7)  # noqa: S311 - the same words every time
    for number in range(90):
        topic = ("billing", "sign-in", "other")[number % 3]
        names = (topic,)
        names += ("by chance",) if random.random() < 0.3 else ()
        reviews.add(opened, Draft(title="A case", body=text(topic, random), language="en", tags=names), "ada")
    learning.learn(opened)
    opened.close()
    return settings.home


@pytest.fixture
def taught(taught_once: Path, home: Path) -> Iterator[Library]:
    opened = Library(all_settings.load(shutil.copytree(taught_once, home), environ={}, meaning="off"))
    yield opened
    opened.close()


def suggested(library: Library, body: str) -> list[tuple[str, str]]:
    review = reviews.add(library, Draft(title="A case", body=body, language="en"), "ada")
    return [(tag.name, tag.origin) for tag in suggesting.for_review(library, review)]


def test_what_was_tagged_before_is_suggested(taught: Library) -> None:
    assert ("billing", "learned") in suggested(taught, "The card was charged twice, she wants the payment back")
    assert ("sign-in", "learned") in suggested(taught, "Locked out: the certificate and a redirect in the browser")


def test_what_no_word_tells_is_not_suggested(taught: Library) -> None:
    found = learning.learn(taught)
    assert set(found.tags) >= {"billing", "sign-in"}
    assert found.unsure == ("by chance",)


def test_nothing_is_suggested_until_there_is_enough(opened: Library, review: Make) -> None:
    for _ in range(learning.REVIEWS_AT_LEAST - 1):
        review("billing", body="invoice payment refund")
    found = learning.learn(opened)
    assert (found.tags, found.too_few) == ((), ("billing",))
    with pytest.raises(LibraryError, match="It takes 50"):
        learning.need_enough(opened)


def test_refusals_are_learned_from(taught: Library) -> None:
    body = "The invoice was right and the payment arrived"
    assert ("billing", "learned") in suggested(taught, body)
    billing = tags.named(taught, "billing").id
    for number in range(25):
        draft = Draft(title="A case", body=f"{body}, note {number}", language="en")
        tags.refuse(taught, reviews.add(taught, draft, "ada").id, billing)
    learning.learn(taught)
    assert ("billing", "learned") not in suggested(taught, body)


def test_what_was_learned_can_be_deleted(taught: Library) -> None:
    learning.path(taught).unlink()
    assert suggested(taught, "The card was charged twice") == []


@pytest.mark.parametrize("content", [b"", b"no arrays", b"PK\x03\x04 broken"])
def test_a_damaged_file_only_takes_the_suggestions_away(taught: Library, content: bytes) -> None:
    Path(learning.path(taught)).write_bytes(content)
    assert suggested(taught, "The card was charged twice") == []


def test_what_another_library_learned_is_not_taken(taught: Library) -> None:
    taught.id = "another"
    assert learning.model(taught) is None
