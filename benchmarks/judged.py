"""Test collections: documents, questions and which document answers which question; and the questions made harder.

A collection is a folder with `corpus.jsonl` (`{_id, title, text}`), `queries.jsonl` (`{_id, text}`) and `qrels.tsv`
(query, document, grade, with a heading). A folder of Markdown articles is one, too: the `description` of an article's
front matter is a question, the article its answer.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from kb.ingest import front_matter
from kb.ingest.safe_yaml import BadYaml
from kb.search.analysis import GRAMS
from kb.search.folding import fold
from kb.search.languages import FUNCTION_WORDS

_WORD = re.compile(r"[^\W_]+")
_PARTS = re.compile(r"[\u30a1-\u30ff]+|[\u4e00-\u9fff]+|[\uac00-\ud7a3]+|[a-zA-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Collection:
    """`documents` is what kb brings in: interchange NDJSON lines are made of `texts`, or the folder itself is taken.
    `texts` maps a document's id to its title and text, `answers` a question's id to its documents and their grades."""

    name: str
    texts: dict[str, tuple[str, str]]
    questions: tuple[Question, ...]
    answers: dict[str, dict[str, int]]
    folder: Path | None = None

    def half(self, which: str, seed: int = 1) -> Collection:
        """The questions to tune on, or those to report on: by a hash of their ids, so that neither ever moves."""
        kept = tuple(q for q in self.questions if _side(q.id, seed) == which)
        return replace(self, questions=kept)

    def changed(self, questions: tuple[Question, ...]) -> Collection:
        return replace(self, questions=questions)


def _side(id: str, seed: int) -> str:
    digest = hashlib.sha256(f"{seed}:{id}".encode()).digest()
    return ("tune", "report")[digest[0] % 2]


def load(folder: Path) -> Collection:
    """Raises ValueError when the folder holds neither kind of collection."""
    if (folder / "corpus.jsonl").exists():
        return _load_judged(folder)
    found = _load_articles(folder)
    if not found.texts:
        raise ValueError(f"{folder} holds no corpus.jsonl and no Markdown articles.")
    return found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _load_judged(folder: Path) -> Collection:
    texts = {str(row["_id"]): (row.get("title", ""), row["text"]) for row in _rows(folder / "corpus.jsonl")}
    answers: dict[str, dict[str, int]] = {}
    with (folder / "qrels.tsv").open(encoding="utf-8") as lines:
        for line in lines:
            cells = line.split()
            if len(cells) >= 3 and re.fullmatch(r"-?\d+", cells[-1]):
                answers.setdefault(cells[0], {})[cells[-2]] = int(cells[-1])
    questions = (Question(str(row["_id"]), row["text"]) for row in _rows(folder / "queries.jsonl"))
    return Collection(folder.name, texts, tuple(q for q in questions if q.id in answers), answers)


def _load_articles(folder: Path) -> Collection:
    """An article's id is what kb gives a Markdown file without one: its path from the folder's name on."""
    texts, questions, answers = {}, [], {}
    for path in sorted(folder.rglob("*.md")):
        id = os.path.join(folder.name, path.relative_to(folder))
        try:
            keys, body = front_matter.split(path.read_text("utf-8-sig").replace("\r\n", "\n"))
        except (BadYaml, UnicodeDecodeError):
            continue
        if not body.strip():
            continue
        texts[id] = (str(keys.get("title") or ""), body)
        if str(keys.get("description") or "").strip():
            questions.append(Question(id, str(keys["description"])))
            answers[id] = {id: 1}
    return Collection(folder.name, texts, tuple(questions), answers, folder)


def with_typing_errors(collection: Collection, seed: int) -> Collection:
    """One slip in one word of each question: a letter left out, doubled, another, or two swapped."""
    return collection.changed(
        tuple(Question(q.id, _slip(q.text, Random(f"{seed}:{q.id}"))) for q in collection.questions)
    )


def _slip(text: str, random: Random) -> str:
    words = [m for m in _WORD.finditer(text) if fold(m.group()) not in FUNCTION_WORDS and not m.group().isdigit()]
    long = [m for m in words if len(m.group()) >= 5] or [m for m in words if len(m.group()) >= 3] or words
    if not long:
        return text
    chosen = random.choice(long)
    word, at = chosen.group(), random.randrange(1, max(len(chosen.group()) - 1, 2))
    letters = "abcdefghijklmnopqrstuvwxyz" if not GRAMS.search(word) else word
    match random.randrange(4):
        case 0:
            wrong = word[:at] + word[at + 1 :]
        case 1:
            wrong = word[:at] + word[at : at + 1] + word[at:]
        case 2:
            wrong = word[:at] + random.choice(letters) + word[at + 1 :]
        case _:
            wrong = word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
    return text[: chosen.start()] + wrong + text[chosen.end() :]


def cut_short(collection: Collection, words: int) -> Collection:
    """Only the first words of each question that say what it is about."""
    return collection.changed(tuple(Question(q.id, _short(q.text, words) or q.text) for q in collection.questions))


def _short(text: str, words: int) -> str:
    parts = _PARTS if GRAMS.search(text) else _WORD
    telling = [word for word in parts.findall(text) if fold(word) not in FUNCTION_WORDS]
    if parts is _PARTS:
        telling = [word for word in telling if len(word) > 1] or telling
    return " ".join(telling[:words])
