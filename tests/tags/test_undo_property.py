"""Whatever is done to the tags of a library, undone in turn it gives the library back as it was."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from blank import lay_down
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tag_picture import everything

from kb import reviews
from kb import settings as all_settings
from kb.errors import Conflict, InvalidInput
from kb.gems import gems
from kb.library import Library
from kb.models import Draft, GemDraft, TagDraft, TagRule
from kb.tags import deeds, tags
from kb.tags import merging as tag_merging
from kb.tags import rules as tag_rules

NAMES = [f"tag {letter}" for letter in "abcdef"]
numbers = st.integers(1, 8)
# What is done: its name, two tags, some reviews, a word.
steps = st.tuples(
    st.sampled_from(["merge", "split", "delete", "rename", "aliases", "parent"]),
    st.integers(0, 20),
    st.integers(0, 20),
    st.lists(numbers, max_size=5),
    st.sampled_from(["new", "Tag A", "tag  b", "ｔａｇ c", "DSGVO", "other"]),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("tags") / "home"
    made = all_settings.load(home, environ={})
    lay_down(made)
    library = Library(made)
    tags.bring_in(library, [TagDraft(name, f"On {name}.", (f"also {name}",)) for name in NAMES], "ada")
    for number in range(8):
        chosen = tuple(name for place, name in enumerate(NAMES) if (number >> (place % 3)) & 1 or place == number)
        review = reviews.add(library, Draft(title="A case", body=f"Case {number}", language="en", tags=chosen), "ada")
        gems.lift(
            library, review.id, GemDraft(title=f"Gem {number}", body="Do this.", tags=chosen[:2]), who="a", publish=True
        )
        tags.refuse(library, review.id, 1 + (number + 3) % 6)
    reviews.trash(library, [3], "ada")
    for number, name in enumerate(NAMES[:4]):
        tag_rules.add(library, number + 1, TagRule(kind="words", pattern=name), "ada")
    tags.edit(library, 2, parent=NAMES[0], who="ada")
    tags.edit(library, 3, parent=NAMES[1], who="ada")
    library.close()
    return home


@pytest.fixture
def library(template: Path, tmp_path: Path) -> Iterator[Library]:
    """One for all examples: each gives it back as it was, or the test has failed."""
    home = Path(shutil.copytree(template, tmp_path / "library"))
    opened = Library(all_settings.load(home, environ={}))
    yield opened
    opened.close()


def do(library: Library, step: tuple[str, int, int, list[int], str]) -> None:
    kind, first, second, review_ids, word = step
    there = [tag.id for tag in tags.listed(library)]
    if not there:
        return
    one, other = there[first % len(there)], there[second % len(there)]
    match kind:
        case "merge":
            tag_merging.merge(library, one, other, "ada")
        case "split":
            tag_merging.split(library, one, word, review_ids, "ada", review_ids[:2])
        case "delete":
            tag_merging.delete(library, one, "ada")
        case "rename":
            tags.rename(library, one, word, "ada")
        case "aliases":
            tags.edit(library, one, aliases=[word], who="ada")
        case _:
            tags.edit(library, one, parent=tags.get(library, other).name, who="ada")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=1, max_size=6))
def test_undoing_in_turn_gives_the_library_back(
    library: Library, done: list[tuple[str, int, int, list[int], str]]
) -> None:
    before, start = everything(library), [deed.id for deed in deeds.latest(library, limit=1)]
    for step in done:
        try:
            do(library, step)
        except (Conflict, InvalidInput):
            continue
    counted_right(library)
    for deed in deeds.latest(library, limit=len(done)):
        if deed.state == "done" and deed.id > (start[0] if start else 0):
            deeds.undo(library, deed.id, "bob")
    assert everything(library) == before


def counted_right(library: Library) -> None:
    """What triggers keep is what counting gives."""
    counted = library.db.execute(
        "SELECT id, live_reviews, live_gems,"
        " (SELECT count(*) FROM review_tags JOIN reviews ON reviews.id = review_id"
        "   WHERE tag_id = tags.id AND trashed_at IS NULL),"
        " (SELECT count(*) FROM gem_tags WHERE tag_id = tags.id) FROM tags"
    ).fetchall()
    assert [row for row in counted if row[1:3] != row[3:5]] == []
    bare = (
        "SELECT id FROM reviews WHERE trashed_at IS NULL AND id NOT IN (SELECT review_id FROM review_tags) ORDER BY id"
    )
    kept = library.db.execute("SELECT review_id FROM untagged ORDER BY review_id").fetchall()
    assert kept == library.db.execute(bare).fetchall()
