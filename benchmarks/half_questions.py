"""Half-questions of a new hire, in their own words, over the sample library: is an answer among the first three?

    python -m benchmarks.half_questions [--missed]

`benchmarks/data/half-questions.ndjson`: what somebody types who has half a question and not the words of its answer, in
English, German, Spanish and Japanese, with the reviews that answer it, in whatever language. Those were written down before
they were first asked, from the texts alone. A gem made from such a review is an answer, too. Each is asked with words alone
and, where `kb[meaning]` is installed, with meaning.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb import library as libraries
from kb import resources
from kb import settings as all_settings
from kb.finding import finding, meaning
from kb.intake import intake
from kb.intake.intake import IntakeOptions
from kb.library import Library
from kb.search.meaning import installed
from kb.store import reviews

DATA = Path(__file__).parent / "data" / "half-questions.ndjson"
FIRST = 3  # results that are looked at


@dataclass(frozen=True, slots=True)
class HalfQuestion:
    language: str
    text: str
    answers: frozenset[str]  # external ids


def load() -> list[HalfQuestion]:
    lines = map(json.loads, DATA.read_text("utf-8").splitlines())
    return [HalfQuestion(line["language"], line["text"], frozenset(line["answers"])) for line in lines]


def sample(home: Path, *, with_meaning: bool) -> Library:
    """The sample library as `kb demo` has it, with its vectors where they are asked for."""
    chosen = all_settings.load(home, environ={"KB_MEANING": "auto" if with_meaning else "off"})
    libraries.make(chosen)
    library = Library(chosen)
    intake.ingest(library, [str(resources.folder("examples"))], IntakeOptions(), who="benchmark")
    meaning.catch_up(library)
    return library


def places(library: Library, questions: list[HalfQuestion]) -> Iterator[tuple[HalfQuestion, int]]:
    """Each question with the place of its first answer among the results, from 1; 0 where the first ten have none."""
    known = {
        id: review.external_id
        for id, review in reviews.get_many(library.db, reviews.last_ids(library.db, 1000), {}).items()
    }
    unknown = set().union(*(question.answers for question in questions)) - set(known.values())
    if unknown:
        raise RuntimeError(f"No review of the sample library: {', '.join(sorted(unknown))}")
    for question in questions:
        place = 0
        for number, entry in enumerate(finding.search(library, question.text, unmasked=False).entries, 1):
            hits = (entry.lead, *entry.within)
            ids = {hit.id for hit in hits if hit.type == "review"} | {one.id for hit in hits for one in hit.sources}
            if not question.answers.isdisjoint(known.get(id, "") for id in ids):
                place = number
                break
        yield question, place


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.half_questions", description=__doc__.split("\n")[0])
    parser.add_argument("--missed", action="store_true", help="name what is not among the first three")
    chosen = parser.parse_args()
    questions = load()
    languages = list(dict.fromkeys(question.language for question in questions))
    print(f"| answer among the first {FIRST} | all | {' | '.join(languages)} |")
    print("|---" * (2 + len(languages)) + "|")
    for with_meaning in (False, True) if installed() else (False,):
        with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
            library = sample(Path(folder) / "library", with_meaning=with_meaning)
            try:
                found = list(places(library, questions))
            finally:
                library.close()
        counts = []
        for which in ("", *languages):
            own = [place for question, place in found if which in ("", question.language)]
            counts.append(f"{sum(0 < place <= FIRST for place in own)} of {len(own)}")
        print(f"| {'with meaning' if with_meaning else 'words alone'} | {' | '.join(counts)} |")
        if chosen.missed:
            for question, place in found:
                if not 0 < place <= FIRST:
                    print(f"  {place or '-'}: {question.text}")


if __name__ == "__main__":
    main()
