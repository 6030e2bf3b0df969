"""What spares a review most of the gems passes none over that would have been proposed."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from kb.search.echo import Listener, Saying, frequencies

DATA = Path(__file__).resolve().parents[2] / "benchmarks" / "data"
ROWS = [json.loads(line) for line in (DATA / "sightings.ndjson").read_text("utf-8").splitlines()]
PASSAGES = [(row["language"], text) for row in ROWS for text in (*row["same"], *row["other"])]


class Patient(Listener):
    """Weighs every gem at every paragraph."""

    def _thrice(self, sets: Sequence[int]) -> set[int]:  # noqa: ARG002 - all of them, whatever the sets say
        return set(self._telling)


def drawn(chance: random.Random, number: int) -> Saying:
    words = [word for _, text in PASSAGES for word in text.split()]
    title, quote, body = (" ".join(chance.choices(words, k=k)) for k in (6, 8, 25))
    return Saying(1000 + number, chance.choice(("en", "de", "es", "ja", "")), title, (quote,), body)


@pytest.fixture(scope="module")
def sayings() -> list[Saying]:
    chance = random.Random(5)  # noqa: S311 - no secret
    known = [Saying(n, row["language"], row["title"], (row["quote"],), row["body"]) for n, row in enumerate(ROWS)]
    return known + [drawn(chance, number) for number in range(100)]


@pytest.mark.parametrize("seed", range(2))
def test_gems_that_share_too_little_are_passed_over_without_loss(sayings: list[Saying], seed: int) -> None:
    common, texts = frequencies((text, language) for language, text in PASSAGES)
    quick, patient = Listener(sayings, common, texts), Patient(sayings, common, texts)
    chance = random.Random(seed)  # noqa: S311
    heard = 0
    for _ in range(30):
        parts = [text for _, text in chance.sample(PASSAGES, 5)] + ["ﾊﾝｶｸ İstanbul don't l'export C++ e\u0301"]
        places = [" ".join(parts[:2]), "\n\n".join(parts[2:])]
        language = chance.choice(("en", "de", "es", "ja", ""))
        assert quick.hear(places, language) == patient.hear(places, language)
        heard += len(quick.hear(places, language))
    assert heard > 20
