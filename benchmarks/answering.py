"""How quickly a library answers in use: suggestions while typing, search pages under load, the first page after a start."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from urllib.parse import quote_plus

from benchmarks import load, serving
from benchmarks.figures import Times
from benchmarks.used_library import READER, WORD, Bench, questions, say, titles
from kb import members
from kb.finding import typeahead
from kb.library import Library
from kb.models import Member
from kb.store import changes, mine

_LANGUAGES = ("en", "de", "es", "ja")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SLIPS_FROM, _SLIPS = 4, 0.25
SLIP, CHANGED, ALL = "with a slip", "first after a change", "all"
_PAST_SEARCHES = 100
_CONNECTIONS_A_WORKER = 4
HELLO, STATIC, SEARCH = "hello page of the same server", "static file of kb", "search page"
_A_FIND = re.compile(r"/(?:reviews|gems)/[0-9]")


@dataclass(slots=True)
class Suggested:
    """By how many letters were typed ("4", or SLIP, CHANGED, ALL): asked of the use case, and over HTTP."""

    use_case: dict[str, Times] = field(default_factory=dict)
    http: dict[str, Times] = field(default_factory=dict)


@dataclass(slots=True)
class Served:
    """One kind of page under load, and what one of them took of the server's processors."""

    load: load.Load
    server_ms: float


def typed(library: Library, each: int) -> list[tuple[str, str]]:
    """What is typed, and of which kind it is: the first 1 to 8 letters of words of the library's titles, language by
    language; in some of the longer ones a letter is missing, doubled, another, or swapped with its neighbour."""
    random = Random(3)
    words: dict[str, list[str]] = {language: [] for language in _LANGUAGES}
    for title, language in titles(library):
        if language in words:
            words[language] += [word for word in WORD.findall(title) if len(word) > 1]
    made = []
    for length in range(1, 9):
        for number in range(each):
            known = [word for word in words[_LANGUAGES[number % len(_LANGUAGES)]] if len(word) >= length]
            if not known:
                continue
            prefix = random.choice(known)[:length]
            slips = length >= _SLIPS_FROM and random.random() < _SLIPS
            made.append((_slipped(prefix, random), SLIP) if slips else (prefix, str(length)))
    random.shuffle(made)
    return made


def _slipped(word: str, random: Random) -> str:
    at = random.randrange(1, len(word) - 1)
    head, letter, tail = word[:at], word[at], word[at + 1 :]
    other = random.choice(_LETTERS if letter.isascii() else word)
    return random.choice(
        (head + tail, head + letter + letter + tail, head + other + tail, head + tail[0] + letter + tail[1:])
    )


def suggestions(bench: Bench) -> Suggested:
    say("suggestions while typing")
    result = Suggested()
    library = bench.open()
    try:
        asked = typed(library, bench.options.typed)
        reader = members.by_email(library, READER)
        past = [(reader.id, question, question, library.now()) for question in questions(library, _PAST_SEARCHES)]
        with library.transaction() as db:
            mine.add_searches(db, past, _PAST_SEARCHES)
        ask = partial(_suggest, library, reader)
        result.use_case = _by_kind(ask, asked)
        result.use_case[CHANGED] = Times.of(
            [_after_a_change(library, ask) for _ in range(min(20, bench.options.typed))]
        )
    finally:
        library.close()
    with serving.served(bench.home) as server:
        client = serving.Client(bench.visitor(server))
        result.http = _by_kind(partial(_suggest_over_http, client), asked)
        client.close()
    return result


def _suggest(library: Library, reader: Member, text: str) -> None:
    typeahead.for_member(library, text, reader, unmasked=False)


def _suggest_over_http(client: serving.Client, text: str) -> None:
    answer = client.get("/search/suggest", q=text)
    if answer.status != 200:
        raise RuntimeError(f"Suggestions were answered with {answer.status}.")


def _by_kind(ask: Callable[[str], None], asked: Sequence[tuple[str, str]]) -> dict[str, Times]:
    for text, _ in asked[:20]:
        ask(text)
    seconds: dict[str, list[float]] = {str(length): [] for length in range(1, 9)} | {SLIP: []}
    for text, kind in asked:
        began = time.perf_counter()
        ask(text)
        seconds[kind].append(time.perf_counter() - began)
    every = [one for each in seconds.values() for one in each]
    return {kind: Times.of(each) for kind, each in seconds.items() if len(each) > 1} | {ALL: Times.of(every)}


def _after_a_change(library: Library, ask: Callable[[str], None]) -> float:
    """What is remembered of the index is of the one before."""
    with library.transaction() as db:
        changes.note(db, "review", [db.execute("SELECT max(id) FROM reviews").fetchone()[0]])
    library.catch_up()
    began = time.perf_counter()
    ask("ma")
    return time.perf_counter() - began


def throughput(bench: Bench) -> dict[str, Served]:
    """The same client asks the same server software: a hello of a line, a file that kb serves, the whole search page."""
    options = bench.options
    say(f"search pages a second, {options.workers} workers")
    library = bench.open()
    asked = [f"/search?q={quote_plus(question)}" for question in questions(library, 300)]
    library.close()
    result = {}
    with serving.served(bench.home, options.workers, ("benchmarks.hello",)) as server:
        result[HELLO] = _loaded(server, ["/"], "", options)
    with serving.served(bench.home, options.workers) as server:
        cookies = bench.visitor(server).cookies
        result[STATIC] = _loaded(server, ["/static/favicon.svg"], cookies, options)
        result[SEARCH] = _loaded(server, asked, cookies, options)
    return result


def _loaded(server: serving.Server, paths: Sequence[str], cookies: str, options: argparse.Namespace) -> Served:
    before = server.worked()
    connections = _CONNECTIONS_A_WORKER * options.workers
    had = load.saturate(server.address, paths, cookies, connections=connections, seconds=options.seconds)
    return Served(had, round((server.worked() - before) / max(had.in_all, 1) * 1000, 2))


def start(bench: Bench) -> Times:
    """From starting the command until the whole search page is there, for somebody who was signed in before."""
    say("starting the server")
    library = bench.open()
    asked = questions(library, bench.options.starts)
    library.close()
    with serving.served(bench.home, bench.options.workers) as server:
        visitor = bench.visitor(server)
    seconds = []
    for question in asked:
        began = time.perf_counter()
        server = serving.Server(bench.home, bench.options.workers, seconds=0)
        try:
            visitor.go_to(server.address)
            while True:
                try:
                    answer = visitor.get("/search", q=question)
                    break
                except OSError:  # nobody listens yet
                    if time.perf_counter() - began > 60:
                        raise
                    time.sleep(0.005)
            seconds.append(time.perf_counter() - began)
            if answer.status != 200 or not _A_FIND.search(answer.text):
                raise RuntimeError(f"The first search was answered with {answer.status}.")
        finally:
            server.stop()
    return Times.of(seconds)
