"""What to search for: words that stand in the corpus, drawn by how common they are.

Words of a question stand together in some review, as those of a person who looks for it would. Only languages that part
words by spaces are used, since the peers' tokenizers cannot search the others; and no stop words, which some peers drop.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from random import Random

from whoosh.analysis import STOP_WORDS

from benchmarks.peers import Text

_WORD = re.compile(r"[a-zà-öø-ÿ]{4,20}")
_SPACED = ("en", "de", "es")
_SAMPLED = 20_000
# Shares of the reviews that a word is in.
BANDS: dict[str, tuple[float, float]] = {
    "rare": (0.001, 0.01),
    "common": (0.01, 0.1),
    "everyday": (0.1, 0.5),
}


class Asker:
    """Draws questions from reviews, such as those of a file that benchmarks.grow wrote (`peers.read`)."""

    def __init__(self, texts: Iterable[Text], seed: int = 1) -> None:
        self._seed = seed
        reviews = [set(_WORD.findall(text.body.lower())) for text in texts if text.values[3] in _SPACED]
        if len(reviews) > _SAMPLED:
            reviews = Random(seed).sample(reviews, _SAMPLED)
        known = Counter(word for review in reviews for word in review - STOP_WORDS)
        band_of = {word: band for word, found in known.items() if (band := _band(found / len(reviews)))}
        # By band: the words of each review that are in it.
        self._reviews: dict[str, list[list[str]]] = {band: [] for band in BANDS}
        for review in reviews:
            for band, words in self._reviews.items():
                words.append(sorted(word for word in review if band_of.get(word) == band))

    def questions(self, band: str, words: int, count: int) -> list[tuple[str, ...]]:
        """`count` different questions, each of `words` words of this band that stand in one review."""
        random = Random(f"{self._seed} {band} {words}")
        usable = [review for review in self._reviews[band] if len(review) >= words]
        made: dict[tuple[str, ...], None] = {}
        for _ in range(100 * count):
            if len(made) == count:
                break
            made[tuple(random.sample(random.choice(usable), words))] = None
        return list(made)


def _band(share: float) -> str:
    return next((band for band, (low, high) in BANDS.items() if low <= share < high), "")
