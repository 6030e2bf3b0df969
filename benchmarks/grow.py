"""Grows the sample library's text to any size: new reviews made of the samples' sentences, as NDJSON.

    python -m benchmarks.grow 20000 out.ndjson --seed 1

A sentence is crossed with another at a word that both have, and here and there a word, number or id is put in that no
sample has, drawn by Zipf's law from an endless list. So a few words are in every third review, most in one or two, and
the vocabulary keeps growing with the text, as it does in a real library. The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from kb.ingest import discover, pipeline
from kb.ingest.base import Options
from kb.models import Draft

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
WORDS = 190  # in a review, on average
_LAST_DAY = date(2026, 10, 30)
_DAYS = 5 * 365
_LEXICON = 500_000  # ranks that invented words are drawn from
_UNSPACED = ("ja", "zh")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
_MARKUP = re.compile(r"^[\s#>*\-\d.|]+|[*`|]+")
_UNSPACED_TOKEN = re.compile(r"[一-鿿々]+|[ァ-ヺー]+|[ぁ-ん]+|[A-Za-z0-9_-]+|.")
_DIGITS = re.compile(r"\d+")


@dataclass(slots=True)
class _Sentences:
    """Sentences as lists of words, and where each word stands, so that two can be crossed."""

    joint: str
    all: list[list[str]] = field(default_factory=list)
    places: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    cuts: list[list[int]] = field(default_factory=list)

    def add(self, text: str) -> None:
        for piece in _SENTENCE.split(text):
            words = _words(_MARKUP.sub("", piece), spaced=bool(self.joint))
            if len(words) > 2:
                self.all.append(words)

    def ready(self) -> None:
        for number, words in enumerate(self.all):
            for at in range(1, len(words) - 1):
                self.places[words[at]].append((number, at))
        self.cuts = [[at for at in range(1, len(words) - 1) if len(self.places[words[at]]) > 1] for words in self.all]

    def crossed(self, random: Random) -> list[str]:
        """A new sentence: the beginning of one, the end of another."""
        number = int(random.random() * len(self.all))
        words, cuts = self.all[number], self.cuts[number]
        if not cuts or random.random() < 0.25:
            return list(words)
        at = cuts[int(random.random() * len(cuts))]
        places = self.places[words[at]]
        other, there = places[int(random.random() * len(places))]
        return words[:at] + self.all[other][there:]


def _words(text: str, *, spaced: bool) -> list[str]:
    return text.split() if spaced else _UNSPACED_TOKEN.findall(text)


class _Inventor:
    """Words that no sample has, by rank: letters follow each other as in the samples' words."""

    def __init__(self, words: Iterable[str], seed: str) -> None:
        self._random = Random(seed)
        self._next: dict[str, list[str]] = defaultdict(list)
        for word in words:
            marked = f"^^{word}$"
            for at in range(len(marked) - 2):
                self._next[marked[at : at + 2]].append(marked[at + 2])
        self._known: dict[int, str] = {}

    def word(self, random: Random) -> str:
        rank = int(math.exp(random.random() * math.log(_LEXICON)))
        if rank not in self._known:
            self._known[rank] = self._make()
        return self._known[rank]

    def _make(self) -> str:
        made = "^^"
        while len(made) < 18:
            following = self._next[made[-2:]]
            letter = following[int(self._random.random() * len(following))]
            if letter == "$":
                if len(made) > 5 or self._random.random() < 0.2:
                    break
                continue
            made += letter
        return made[2:]


class _Language:
    """What the samples of one language give: skeletons of reviews, sentences, titles, invented words."""

    def __init__(self, code: str, drafts: list[Draft], seed: int) -> None:
        self.code = code
        self.drafts = drafts
        self.joint = "" if code in _UNSPACED else " "
        self.text, self.titles = _Sentences(self.joint), _Sentences(self.joint)
        for draft in drafts:
            self.text.add(draft.body)
            for said in (*(turn.text for turn in draft.turns), *(comment.body for comment in draft.comments)):
                self.text.add(said)
            self.titles.add(draft.title)
        self.text.ready()
        self.titles.ready()
        content = {word for words in self.text.all for word in words if self._is_content(word)}
        self._inventor = _Inventor(sorted(content), f"{seed} {code}")

    def _is_content(self, word: str) -> bool:
        if self.joint:
            return len(word) > 5 and word.isalpha() and word[1:].islower()
        return len(word) > 1 and not "ぁ" <= word[0] <= "ん" and word.isalpha() and not word.isascii()

    def invented(self, random: Random) -> str:
        return self._inventor.word(random)

    def sentence(self, random: Random, sentences: _Sentences | None = None) -> list[str]:
        words = (sentences or self.text).crossed(random)
        for _ in range(1 + len(words) // 12):
            at = int(random.random() * len(words))
            if self._is_content(words[at]):
                words[at] = self.invented(random)
        for at, word in enumerate(words):
            if not word.isalpha() and (found := _DIGITS.search(word)):
                words[at] = word.replace(found[0], str(int(random.random() * 10 ** len(found[0]))))
        return words

    def paragraph(self, random: Random, words: int) -> list[str]:
        """Sentences with about so many words in all; of a script without spaces, two characters count as one."""
        made: list[str] = []
        while words > 0:
            sentence = self.sentence(random)
            made.append(self.joint.join(sentence))
            words -= len(sentence) if self.joint else len(made[-1]) // 2
        return made

    def title(self, random: Random) -> str:
        return self.joint.join(self.sentence(random, self.titles)[: 12 if self.joint else 20])


class Grower:
    """Makes reviews from the samples in `examples`."""

    def __init__(self, seed: int = 1, examples: Path = EXAMPLES) -> None:
        self._random = Random(seed)
        self._seed = seed
        drafts = [
            found.item
            for found in pipeline.items(discover.find([str(examples)]), Options())
            if isinstance(found.item, Draft)
        ]
        by_language: dict[str, list[Draft]] = defaultdict(list)
        for draft in drafts:
            by_language[draft.language].append(draft)
        self._languages = {code: _Language(code, found, seed) for code, found in by_language.items()}
        self._drafts = drafts
        self._people = _people(drafts, Random(seed))
        names = self._languages["en"]
        self._customers = [f"{names.invented(Random(n)).title()} {n}" for n in range(3000)]

    def reviews(self, count: int) -> Iterator[dict[str, Any]]:
        """`count` records of the interchange."""
        for number in range(count):
            yield self._review(number)

    def _review(self, number: int) -> dict[str, Any]:
        random = self._random
        like = random.choice(self._drafts)
        language = self._languages[like.language]
        day = _LAST_DAY - timedelta(days=int(random.random() * _DAYS))
        budget = int(random.lognormvariate(math.log(WORDS * 0.87), 0.5))
        record: dict[str, Any] = {
            "id": f"grown-{self._seed}-{number:07}",
            "kind": like.kind.value,
            "title": language.title(random),
            "date": day.isoformat(),
            "reviewer": _by_rank(self._people[:60], random),
            "reviewee": _by_rank(self._people, random),
            "customer": _by_rank(self._customers, random),
            "case_id": str(100_000 + int(random.random() * 900_000)),
            "channel": like.channel,
            "product": like.product,
            "team": like.team,
            "language": like.language,
            "tags": self._tags(like),
        }
        self._text(record, like, language, budget)
        self._besides(record, like, language)
        return record

    def _tags(self, like: Draft) -> list[str]:
        other = self._random.choice(self._drafts)
        return list(dict.fromkeys((*like.tags[:2], *other.tags[:1])))

    def _text(self, record: dict[str, Any], like: Draft, language: _Language, budget: int) -> None:
        random = self._random
        share = 0.45 if like.turns else 1.0
        sentences = language.paragraph(random, int(budget * share))
        parted = [language.joint.join(sentences[at : at + 4]) for at in range(0, len(sentences), 4)]
        record["body"] = "\n\n".join(parted)
        if like.turns:
            each = max(4, int(budget * (1 - share) / len(like.turns)))
            record["turns"] = [
                {
                    "role": turn.role,
                    "speaker": turn.speaker,
                    "text": language.joint.join(language.paragraph(random, each)),
                }
                for turn in like.turns
            ]
        if random.random() < 0.01:
            record["gems"] = [
                {
                    "title": language.title(random),
                    "body": language.joint.join(language.paragraph(random, 40)),
                    "quote": sentences[0],
                    "tags": record["tags"][:1],
                    "status": "published",
                }
            ]

    def _besides(self, record: dict[str, Any], like: Draft, language: _Language) -> None:
        random = self._random
        if like.scorecard:
            record["scorecard"] = [
                {"criterion": answer.criterion, "value": answer.value, "comment": answer.comment}
                for answer in like.scorecard
            ]
        if like.score is not None:
            record["score"] = 50 + int(random.random() * 51)
        if like.feedback.csat is not None:
            record["feedback"] = {"csat": 1 + int(random.random() * 5)}
        if like.comments:
            record["comments"] = [
                {"author": record["reviewee"], "body": language.joint.join(language.paragraph(random, 12))}
            ]


def _people(drafts: list[Draft], random: Random) -> list[str]:
    names = sorted({name for draft in drafts for name in (draft.reviewer, draft.reviewee) if " " in name})
    first, last = [name.split()[0] for name in names], [name.split()[-1] for name in names]
    everybody = [f"{one} {other}" for one in first for other in last]
    random.shuffle(everybody)
    return everybody


def _by_rank(values: list[str], random: Random) -> str:
    return values[int(math.exp(random.random() * math.log(len(values)))) - 1]


def grow(count: int, path: Path, seed: int = 1) -> None:
    """Write `count` reviews to `path`, one JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        for record in Grower(seed).reviews(count):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grow", description=__doc__.split("\n")[0])
    parser.add_argument("count", type=int, help="how many reviews")
    parser.add_argument("path", type=Path, help="the NDJSON file to write")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    grow(chosen.count, chosen.path, chosen.seed)


if __name__ == "__main__":
    main()
