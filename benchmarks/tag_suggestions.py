"""How well suggested tags are: precision and recall on reviews that were kept back from learning.

    python -m benchmarks.tag_suggestions FOLDER...

Each folder is measured by itself: three quarters of its reviews are learned from, the rest are asked for their tags. What
people put on them is taken as right, so a good tag that they forgot counts as wrong. Where reviews carry no tags, their
front matter's product and category keys are taken for tags (`product`, `category`, `appliesto`, and the `sap:` values of
`ms.custom`). The text alone is read: neither these keys nor the header.

Three lines a folder: the name or an alias stands in the text; learned; both, as a page offers them (five at most).
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kb.ingest import discover, pipeline
from kb.ingest.base import Options
from kb.models import Draft, Review, Tag, TagDraft
from kb.reviews import complete
from kb.tags import learning, suggesting
from kb.tags.learning import Example, Model
from kb.tags.mentions import mentions
from kb.tags.rules import Readable
from kb.words import name_key

_KEYS = ("product", "category", "appliesto")
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_SHOWN = 5


def read(folder: Path) -> tuple[list[tuple[Review, frozenset[str]]], dict[str, TagDraft]]:
    """The folder's reviews with their tags' keys, and its tags by key."""
    found: list[tuple[Review, frozenset[str]]] = []
    drafts: dict[str, TagDraft] = {}
    for located in pipeline.items(discover.find([str(folder)]), Options()):
        if isinstance(located.item, TagDraft):
            drafts[name_key(located.item.name)] = located.item
        elif isinstance(located.item, Draft) and (located.item.body.strip() or located.item.turns):
            names = located.item.tags or tuple(_of_front_matter(located.item.extra))
            for name in names:
                drafts.setdefault(name_key(name), TagDraft(name))
            found.append((_review(len(found) + 1, complete(located.item)), frozenset(map(name_key, names))))
    return found, drafts


def _of_front_matter(extra: Mapping[str, Any]) -> Iterable[str]:
    for key in (*_KEYS, "ms.custom"):
        value = extra.get(key) or ()
        for one in value if isinstance(value, list) else [value]:
            name = str(one).strip().removesuffix(";")
            if key != "ms.custom" and name:
                yield name
            elif name.startswith("sap:"):
                yield name.removeprefix("sap:").partition("\\")[0]


def _review(id: int, draft: Draft) -> Review:
    return Review(id, draft.kind, draft.title, draft.body, _NOW, _NOW, language=draft.language, turns=draft.turns)


def kept_back(review: Review) -> bool:
    """A quarter of the reviews, the same ones every time."""
    return hashlib.sha256(f"{review.title}\n{review.body}".encode()).digest()[0] < 64


def measure(folder: Path) -> None:
    found, drafts = read(folder)
    ids = {key: number for number, key in enumerate(sorted(drafts), 1)}
    tags = [Tag(ids[key], draft.name, aliases=draft.aliases) for key, draft in drafts.items()]
    learned_from = [(r, wanted) for r, wanted in found if not kept_back(r)]
    asked = [(r, frozenset(ids[key] for key in wanted)) for r, wanted in found if kept_back(r) and wanted]
    began = time.perf_counter()
    examples = [_example(r, frozenset(ids[k] for k in w), tags) for r, w in learned_from if w]
    arrays, unsure, too_few = learning.train(examples, list(ids.values()))
    took = time.perf_counter() - began
    model = Model(arrays | {"about": b"{}"})
    print(f"\n{folder}: {len(found):,} reviews, {len(ids):,} tags; learned from {len(examples):,} in {took:.1f} s:")
    print(f"  {len(model.tag_ids)} tags learned, {len(unsure)} more often wrong than right, {len(too_few)} on too few")

    def named(review: Review) -> Iterable[int]:
        return mentions(Readable.of(review), tags)

    def learned(review: Review) -> Iterable[int]:
        return suggesting.by_text(review, Readable.of(review), tags, model)[1]

    def both(review: Review) -> Iterable[int]:
        votes: suggesting.Votes = {}
        by_name, by_learning = suggesting.by_text(review, Readable.of(review), tags, model)
        suggesting.add(votes, "name", by_name)
        suggesting.add(votes, "learned", by_learning)
        return [id for id, _ in suggesting.best(votes)][:_SHOWN]

    known = frozenset(model.tag_ids)
    print(f"  {'':22} precision  recall  recall of learned tags  right/wrong/missed  ms each")
    _line("name in the text", asked, named, known)
    _line("learned", asked, learned, known)
    _line("both, five at most", asked, both, known)


def _example(review: Review, wanted: frozenset[int], tags: Sequence[Tag]) -> Example:
    named = frozenset(mentions(Readable.of(review), tags))
    return Example(learning.features(review, named), wanted, named)


def _line(
    words: str,
    asked: Sequence[tuple[Review, frozenset[int]]],
    suggest: Callable[[Review], Iterable[int]],
    known: frozenset[int],
) -> None:
    counts: Counter[str] = Counter()
    began = time.perf_counter()
    for review, wanted in asked:
        given = set(suggest(review))
        counts["right"] += len(given & wanted)
        counts["wrong"] += len(given - wanted)
        counts["missed"] += len(wanted - given)
        counts["learnable"] += len(wanted & known)
        counts["learned"] += len(wanted & known & given)
    each = (time.perf_counter() - began) / max(len(asked), 1) * 1000
    precision = counts["right"] / max(counts["right"] + counts["wrong"], 1)
    recall = counts["right"] / max(counts["right"] + counts["missed"], 1)
    of_learned = counts["learned"] / max(counts["learnable"], 1)
    numbers = f"{counts['right']}/{counts['wrong']}/{counts['missed']}"
    print(f"  {words:22} {precision:9.2f} {recall:7.2f} {of_learned:23.2f} {numbers:>19} {each:8.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    for folder in parser.parse_args().folders:
        measure(folder)


if __name__ == "__main__":
    main()
