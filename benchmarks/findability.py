"""How well kb finds: test collections through the real ingest, their questions through the real search.

    python -m benchmarks.findability FOLDER...                    each collection in a library of its own
    python -m benchmarks.findability FOLDER... --together         all of them in one library
    python -m benchmarks.findability FOLDER... --half report      the half of the questions that nothing was tuned on
    python -m benchmarks.findability FOLDER... --typo 1           with one typing error in each question
    python -m benchmarks.findability FOLDER... --short 2          only the first two telling words of each
    python -m benchmarks.findability FOLDER... --reads own        asked on a page in the language of each collection, the end
                                                                  of its name (xquad-de), or in the one that is named
    python -m benchmarks.findability FOLDER... --answers DIR      the questions of one collection, the answers of another
                                                                  (the same passages in another language)

The measures are those of ir-measures (https://ir-measur.es). Beside kb, in the same run: plain engines asked for any of
the question's words (benchmarks/rankers.py). What a collection is: benchmarks/judged.py.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import ir_measures
from ir_measures import RR, R, nDCG

from benchmarks.judged import Collection, cut_short, load, with_typing_errors
from benchmarks.rankers import RANKERS, TOP, Rank
from kb import library as libraries
from kb import settings
from kb.finding import finding, meaning
from kb.intake import intake
from kb.intake.intake import IntakeOptions
from kb.library import Library

_MEASURES = {"ndcg": nDCG @ 10, "mrr": RR @ 10, "recall": R @ 10}
_WARM_UP = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One engine on one collection."""

    collection: str
    engine: str
    questions: int
    ndcg: float
    mrr: float
    recall: float
    nothing: int
    p50: float
    p95: float


def evaluate(collection: Collection, name: str, rank: Rank) -> Row:
    """Asks every question of the collection and measures what comes back. Ids are the collection's own."""
    for question in collection.questions[:_WARM_UP]:
        rank(question.text)
    run: dict[str, dict[str, float]] = {}
    took = []
    for question in collection.questions:
        began = time.perf_counter()
        found = rank(question.text)
        took.append((time.perf_counter() - began) * 1000)
        run[question.id] = {id: float(TOP - place) for place, id in enumerate(found[:TOP])}
    answers = {q.id: collection.answers[q.id] for q in collection.questions}
    got = ir_measures.calc_aggregate(_MEASURES.values(), answers, run)
    cuts = statistics.quantiles(took, n=20, method="inclusive")
    return Row(
        collection.name,
        name,
        len(run),
        **{short: round(got[measure], 4) for short, measure in _MEASURES.items()},
        nothing=sum(not found for found in run.values()),
        p50=round(statistics.median(took), 2),
        p95=round(cuts[18], 2),
    )


def bring_in(collections: Iterable[Collection], home: Path, engine: str = "") -> Library:
    """A library that holds these collections; an external id is `collection/document`, or the article's path."""
    environ = {"KB_MEANING": os.environ.get("KB_MEANING", "auto")}
    chosen = settings.load(home, environ={**environ, "KB_ENGINE": engine} if engine else environ)
    libraries.make(chosen)
    library = Library(chosen)
    for collection in collections:
        if collection.folder is not None:
            source = collection.folder
        else:
            source = home / f"{collection.name}.ndjson"
            with source.open("w", encoding="utf-8") as lines:
                for id, (title, body) in collection.texts.items():
                    lines.write(json.dumps({"id": f"{collection.name}/{id}", "title": title, "body": body}) + "\n")
        report = intake.ingest(library, [str(source)], IntakeOptions(), who="benchmark")
        if report.added < len(collection.texts):
            print(f"  {len(collection.texts) - report.added} of {collection.name} were set aside", file=sys.stderr)
    if lag := library.indexer().lag():
        raise RuntimeError(f"The index is {lag} changes behind.")
    meaning.catch_up(library)
    return library


def asking(library: Library, collection: Collection, reads: str = "") -> Rank:
    """kb as the search page and `kb search` use it. Hits of other collections stay in the ranking, under their ids. `reads`
    is the language of the page: "own", a code, or "" for none."""
    own = f"{collection.name}/"
    language = collection.name.rpartition("-")[2] if reads == "own" else reads

    def rank(question: str) -> list[str]:
        hits = finding.search(library, question, unmasked=False, limit=TOP, reads=language).hits
        if collection.folder is not None:
            return [hit.external_id for hit in hits]
        return [hit.external_id.removeprefix(own) for hit in hits]

    return rank


def _peers(texts: dict[str, tuple[str, str]], collections: Sequence[Collection], prefixed: bool) -> list[Row]:
    rows = []
    for name, make in RANKERS.items():
        with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
            rank = make(texts, Path(folder))
            for collection in collections:
                rows.append(evaluate(collection, name, _own(rank, collection) if prefixed else rank))
    return rows


def _own(rank: Rank, collection: Collection) -> Rank:
    return lambda question: [id.removeprefix(f"{collection.name}/") for id in rank(question)]


def measure(
    collections: Sequence[Collection],
    *,
    together: bool,
    engine: str,
    peers: bool,
    say: Callable[[str], None],
    reads: str = "",
) -> list[Row]:
    """All rows, collection by collection."""
    rows: list[Row] = []
    for group in [collections] if together else [[one] for one in collections]:
        with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
            say(f"{', '.join(one.name for one in group)}: bringing in")
            library = bring_in(group, Path(folder), engine)
            try:
                rows += [evaluate(one, "kb", asking(library, one, reads)) for one in group]
            finally:
                library.close()
        if peers:
            say(f"{', '.join(one.name for one in group)}: the plain engines")
            texts = {f"{one.name}/{id}" if together else id: text for one in group for id, text in one.texts.items()}
            rows += _peers(texts, group, prefixed=together)
    return rows


def shown(rows: Sequence[Row], together: bool) -> str:
    """The rows as a Markdown table; with `together` also the mean over the collections, each counting alike."""
    head = "| set | engine | questions | nDCG@10 | MRR@10 | recall@10 | nothing found | p50 ms | p95 ms |"
    lines = [head, "|---" * 9 + "|"]
    order = list(dict.fromkeys(row.collection for row in rows))
    for row in sorted(rows, key=lambda row: order.index(row.collection)):
        lines.append(
            f"| {row.collection} | {row.engine} | {row.questions} | {row.ndcg:.3f} | {row.mrr:.3f} | {row.recall:.3f} |"
            f" {row.nothing} | {row.p50:.1f} | {row.p95:.1f} |"
        )
    if together:
        for engine in dict.fromkeys(row.engine for row in rows):
            own = [row for row in rows if row.engine == engine]
            means = [statistics.mean(getattr(row, name) for row in own) for name in _MEASURES]
            lines.append(f"| mean of all | {engine} | | {' | '.join(f'{mean:.3f}' for mean in means)} | | | |")
    return "\n".join(lines)


def _with_answers_of(collection: Collection, other: Collection) -> Collection:
    """Questions of one, passages of another with the same ids."""
    return Collection(f"{collection.name} in {other.name}", other.texts, collection.questions, collection.answers)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.findability", description=__doc__.split("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--together", action="store_true", help="all collections in one library")
    parser.add_argument("--typo", type=int, metavar="SEED", help="one typing error in each question")
    parser.add_argument("--short", type=int, metavar="N", help="only the first N telling words of each question")
    parser.add_argument("--half", choices=("tune", "report"), help="only this half of the questions")
    parser.add_argument("--engine", default="", help="another engine than the default")
    parser.add_argument("--answers", type=Path, metavar="DIR", help="find the passages of that collection instead")
    parser.add_argument("--reads", default="", metavar="LANGUAGE", help="asked on a page in this language, or: own")
    parser.add_argument("--alone", action="store_true", help="kb only, without the plain engines")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    chosen = parser.parse_args()
    collections = [load(folder) for folder in chosen.folders]
    if chosen.answers is not None:
        collections = [_with_answers_of(one, load(chosen.answers)) for one in collections]
    if chosen.half:
        collections = [one.half(chosen.half) for one in collections]
    if chosen.short:
        collections = [cut_short(one, chosen.short) for one in collections]
    if chosen.typo is not None:
        collections = [with_typing_errors(one, chosen.typo) for one in collections]
    began = time.perf_counter()
    rows = measure(
        collections,
        together=chosen.together,
        engine=chosen.engine,
        peers=not chosen.alone,
        say=lambda text: print(f"  {text}", file=sys.stderr, flush=True),
        reads=chosen.reads,
    )
    options = " ".join(sys.argv[1:])
    print(f"`python -m benchmarks.findability {options}`, {time.perf_counter() - began:,.0f} s\n")
    print(shown(rows, chosen.together))
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
