"""Precision and recall of evidence matching on labelled passages, and what it costs of an ingest.

    python -m benchmarks.evidence_matching [--reviews 5000] [--gems 1000]

`benchmarks/data/sightings.ndjson`: a gem a line, with passages that say the same and near misses that only share its
words; English, German, Spanish, Japanese. Every passage stands amid small talk, as in a real review. Each is tried with
its own gem (the labelled pairs) and with all others, which it should not match.

The thresholds of kb/search/echo.py were chosen by looking at those. `sightings-held-out.ndjson` was written when they stood
already and is counted apart: nothing was changed after it was first run, and nothing may be.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.grow import Grower
from kb import library as libraries
from kb import resources
from kb import settings as all_settings
from kb.gems import gems, matching
from kb.intake import intake
from kb.library import Library
from kb.models import GemDraft
from kb.search.echo import Listener, Saying, frequencies

DATA = Path(__file__).parent / "data" / "sightings.ndjson"
HELD_OUT = Path(__file__).parent / "data" / "sightings-held-out.ndjson"
TALK = {
    "en": (
        "Good morning, thanks for taking the time.", "She was friendly and we agreed to speak again next week.",
        "The call took twenty minutes.",
        "He will tell his colleagues and come back to us.", "Greeting and closing were fine.",
    ),
    "de": (
        "Guten Tag, danke für Ihre Zeit.", "Sie war freundlich, wir sprechen nächste Woche wieder.",
        "Das Gespräch dauerte zwanzig Minuten.", "Er gibt es an die Kollegen weiter.", "Begrüßung und Abschluss waren gut.",
    ),
    "es": (
        "Buenos días, gracias por su tiempo.", "Fue amable y hablaremos otra vez la semana próxima.",
        "La llamada duró veinte minutos.", "Lo comentará con sus compañeros.", "El saludo y el cierre estuvieron bien.",
    ),
    "ja": (
        "お時間をいただきありがとうございます。", "来週もう一度お話しすることになった。", "通話は二十分ほどだった。",
        "社内で共有していただけるとのこと。", "挨拶と結びは問題なかった。",
    ),
}  # fmt: skip


def amid_talk(passage: str, language: str, chance: random.Random) -> list[str]:
    """The places of a review: a body and turns, the passage in one of them."""
    talk = chance.sample(TALK[language], 4)
    gap = "" if language == "ja" else " "
    told = gap.join([talk[0], passage, talk[1]])
    return ["", talk[2], told, talk[3]] if chance.random() < 0.5 else [told, talk[2], talk[3]]


def labelled(file: Path = DATA) -> Iterator[tuple[int, dict[str, object], str, bool]]:
    for number, line in enumerate(file.read_text("utf-8").splitlines()):
        gem = json.loads(line)
        for key, same in (("same", True), ("other", False)):
            for passage in gem[key]:
                yield number, gem, passage, same


def _places(row: dict[str, Any]) -> list[str]:
    return [row.get("body") or "", *(turn["text"] for turn in row.get("turns") or ())]


def judge(file: Path, name: str) -> None:
    chance = random.Random(4)
    pairs = list(labelled(file))
    known = {number: gem for number, gem, _, _ in pairs}
    reviews = [(number, str(gem["language"]), amid_talk(text, str(gem["language"]), chance), same)
               for number, gem, text, same in pairs]  # fmt: skip
    ordinary = [(str(row["language"]), _places(row)) for row in Grower(7).reviews(1500)]
    common, count = frequencies(("\n".join(places), language) for language, places in ordinary)
    sayings = [Saying(number, str(gem["language"]), str(gem["title"]), (str(gem["quote"]),), str(gem["body"]))
               for number, gem in known.items()]  # fmt: skip
    listener = Listener(sayings, common, count)
    scores: dict[str, list[int]] = {}
    for number, language, places, same in reviews:
        heard = listener.hear(places, language)
        own = any(echo.gem_id == number for echo in heard)
        strays = sum(echo.gem_id != number for echo in heard)
        for key in (language, "all"):
            tally = scores.setdefault(key, [0, 0, 0, 0, 0])
            tally[0] += same and own
            tally[1] += same and not own
            tally[2] += own and not same
            tally[3] += not own and not same
            tally[4] += strays
    print(f"{name}: {len(pairs)} labelled pairs, {len(known)} gems\n")
    print("| language | pairs | precision | recall | near misses proposed | proposed under a wrong gem |")
    print("|---|---|---|---|---|---|")
    for key, (hit, missed, wrong, right, strays) in sorted(scores.items(), key=lambda pair: pair[0] == "all"):
        total = hit + missed + wrong + right
        print(f"| {key} | {total} | {hit / max(hit + wrong + strays, 1):.2f} | {hit / max(hit + missed, 1):.2f} "
              f"| {wrong} of {wrong + right} | {strays} |")  # fmt: skip
    print()


def cost(reviews: int, gem_count: int) -> None:
    """The share of an ingest's work: rows stored and indexed, then matched in the background's own way.

    In seconds of the processor, all threads together: on a busy machine the clock says little.
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = all_settings.load(Path(folder) / "home", environ={})
        libraries.make(settings)
        library = Library(settings)
        samples = intake.IntakeOptions(source="samples")
        intake.ingest(library, [str(resources.folder("examples"))], samples, who="bench", match=False)
        _fill_gems(library, gem_count)
        matching.catch_up(library)
        file = Path(folder) / "reviews.ndjson"
        _grow_without_gems(reviews, file)
        began = _work()
        intake.ingest(library, [str(file)], intake.IntakeOptions(), who="bench", match=False)
        ingested = _work() - began
        began = _work()
        proposed = matching.catch_up(library)
        matched = _work() - began
        count = gems.listed(library, status=gems.GemStatus.PUBLISHED, limit=1, unmasked=True)[1]
        library.close()
    print(f"{reviews} reviews against {count} gems: ingest {ingested:.1f} s, matching {matched:.1f} s, "
          f"{matched / ingested:.0%} of the ingest, {proposed} proposed")  # fmt: skip


def _work() -> float:
    """Seconds of the processor so far, with those of finished helper processes."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _grow_without_gems(count: int, path: Path) -> None:
    with path.open("w", encoding="utf-8") as out:
        for row in Grower(9).reviews(count):
            row.pop("gems", None)
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _fill_gems(library: Library, count: int) -> None:
    """The labelled gems, and as many made of words drawn from reviews of the same kind as often as they stand there."""
    chance = random.Random(11)
    words = [word for row in Grower(11).reviews(600) for place in _places(row) for word in place.split()]
    drafts = [GemDraft(str(gem["title"]), f"{gem['quote']}. {gem['body']}", id=f"labelled-{number}")
              for number, gem, _, _ in labelled()]  # fmt: skip
    for number in range(count):
        title, body = (" ".join(chance.choices(words, k=k)) for k in (8, 35))
        drafts.append(GemDraft(title, body, id=f"drawn-{number}"))
    with library.transaction() as db:
        for draft in drafts:
            gems.take_in_alone(db, draft, source="bench", status=gems.GemStatus.PUBLISHED, now=library.now())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reviews", type=int, default=5000)
    parser.add_argument("--gems", type=int, default=1000)
    options = parser.parse_args()
    judge(DATA, "Looked at when the thresholds were chosen")
    judge(HELD_OUT, "Held out")
    if options.reviews:
        cost(options.reviews, options.gems)


if __name__ == "__main__":
    main()
