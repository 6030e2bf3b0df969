"""What to search for: words that people would type, drawn from the corpus by how common they are.

Words of a question stand together in some review, as those of a person who looks for it would. Only languages that part
words by spaces are used, since the peers' tokenizers cannot search the others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

from benchmarks.peers import read

_WORD = re.compile(r"[a-zà-öø-ÿ]{4,20}")
_SPACED = ("en", "de", "es")
_SAMPLED = 20_000
# Shares of the reviews that a word is in. Words that are in more than a fifth are hardly typed: they say nothing.
BANDS: dict[str, tuple[float, float]] = {"rare": (0.0002, 0.002), "middling": (0.002, 0.02), "common": (0.02, 0.2)}


def questions(path: Path, words: int, count: int, seed: int = 1) -> list[tuple[str, ...]]:
    """`count` different questions of `words` words each, the bands in turn.

    A question's band is that of its rarest word; the others are of any band.
    """
    random = Random(f"{seed} {words}")
    reviews = [set(_WORD.findall(text.body.lower())) for text in read(path) if text.values[3] in _SPACED]
    if len(reviews) > _SAMPLED:
        reviews = random.sample(reviews, _SAMPLED)
    known = Counter(word for review in reviews for word in review)
    band_of = {word: band for word, found in known.items() if (band := _band(found / len(reviews)))}
    made: dict[tuple[str, ...], None] = {}
    bands = list(BANDS)
    while len(made) < count:
        if question := _question(random, reviews, band_of, bands[len(made) % len(bands)], words):
            made[question] = None
    return list(made)


def _band(share: float) -> str:
    return next((band for band, (low, high) in BANDS.items() if low <= share < high), "")


def _question(
    random: Random, reviews: Sequence[set[str]], band_of: dict[str, str], band: str, words: int
) -> tuple[str, ...]:
    usable = sorted(word for word in random.choice(reviews) if word in band_of)
    first = [word for word in usable if band_of[word] == band]
    not_rarer = list(BANDS)[list(BANDS).index(band) :]
    others = [word for word in usable if band_of[word] in not_rarer]
    if not first or len(others) < words:
        return ()
    chosen = random.choice(first)
    rest = random.sample([word for word in others if word != chosen], words - 1)
    return (chosen, *rest)
