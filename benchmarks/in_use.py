"""What people notice while kb is in use, on one library in one run:

    python -m benchmarks.in_use                                     100,000 reviews, about half an hour
    python -m benchmarks.in_use --size 2000 --edits 200             a quick try
    python -m benchmarks.in_use --only found edits                  some of suggestions throughput found edits start
    python -m benchmarks.in_use --home DIR --only start             a library that is there; it is changed

Suggestions while typing; search pages a second beside a hello page of the same server; the first answer after a start
(benchmarks/answering.py); how soon a saved change is found, also while another process brings reviews in; how the index
keeps under single edits (benchmarks/keeping_up.py). The text comes from benchmarks/grow.py, what is asked from the library
itself, and docs/performance.md says how each is measured. Meaning is off. What the server's processes take is read from
/proc (Linux only).
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import answering, keeping_up
from benchmarks.figures import Times, machine, table
from benchmarks.used_library import Bench, prepared

# In this order, since the later ones change more.
SECTIONS: Mapping[str, Callable[[Bench], Any]] = {
    "start": answering.start,
    "suggestions": answering.suggestions,
    "throughput": answering.throughput,
    "found": keeping_up.found,
    "edits": keeping_up.edits,
}


def _ms(times: Times) -> list[str]:
    return [f"{times.p50:.1f}", f"{times.p95:.1f}", f"{times.longest:.1f}"]


def _start(times: Times) -> str:
    head = ["starts", "p50 ms", "p95 ms", "longest ms"]
    return "First search page after starting the server\n\n" + table(head, [[str(times.asked), *_ms(times)]])


def _suggestions(made: answering.Suggested) -> str:
    head = ["letters typed", "asked", "p50 ms", "p95 ms", "longest ms", "over HTTP p50 / p95 / longest ms"]
    rows = [
        [kind, str(times.asked), *_ms(times), " / ".join(_ms(made.http[kind])) if kind in made.http else "-"]
        for kind, times in made.use_case.items()
    ]
    return "Suggestions while typing\n\n" + table(head, rows)


def _throughput(made: Mapping[str, answering.Served]) -> str:
    hello = made[answering.HELLO]
    head = ["", "requests/s", "share of hello", "server's processors, ms each", "client's share of one processor"]
    rows = [
        [
            name,
            f"{one.load.per_second:,.0f}",
            f"{one.load.per_second / hello.load.per_second:.3f}",
            f"{one.server_ms:.2f}",
            f"{one.load.client_share:.2f}",
        ]
        for name, one in made.items()
    ]
    return "Requests a second\n\n" + table(head, rows)


def _found(made: Mapping[str, keeping_up.Saved]) -> str:
    head = ["meanwhile", "saves", "saving p50 / p95 / longest ms", "found p50 ms", "found p95 ms", "found longest ms"]
    rows = [[name, str(one.save.asked), " / ".join(_ms(one.save)), *_ms(one.found)] for name, one in made.items()]
    return "From saved to found\n\n" + table(head, rows)


def _edits(made: keeping_up.Edited) -> str:
    held = {"before": made.before, f"after {made.edit.asked:,} edits": made.after, "made anew": made.fresh}
    rows = [
        [
            name,
            f"{one.megabytes:,.1f} MB",
            str(one.segments),
            str(one.files),
            f"{one.megabytes / made.fresh.megabytes:.2f}",
        ]
        for name, one in held.items()
    ]
    sizes = table(["index", "size", "segments", "files", "share of made anew"], rows)
    times = table(
        ["", "p50 ms", "p95 ms", "longest ms"], [["edit", *_ms(made.edit)], ["catch-up", *_ms(made.catch_up)]]
    )
    return f"Single edits, each followed by the index\n\n{sizes}\n\n{times}"


_SHOWN: Mapping[str, Callable[[Any], str]] = {
    "start": _start,
    "suggestions": _suggestions,
    "throughput": _throughput,
    "found": _found,
    "edits": _edits,
}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.in_use", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--size", type=int, default=100_000, metavar="N", help="how many reviews are grown")
    parser.add_argument("--home", type=Path, metavar="DIR", help="use the library there instead; it is changed")
    parser.add_argument("--only", nargs="+", choices=list(SECTIONS), default=list(SECTIONS), metavar="PART")
    parser.add_argument("--workers", type=int, default=4, metavar="N", help="of the server")
    parser.add_argument("--starts", type=int, default=7, metavar="N", help="of the server, at least two")
    parser.add_argument("--seconds", type=float, default=10.0, metavar="N", help="of load, for each kind of page")
    parser.add_argument("--typed", type=int, default=50, metavar="N", help="beginnings of words, of each length")
    parser.add_argument("--saves", type=int, default=40, metavar="N", help="how many are looked for while nothing runs")
    parser.add_argument("--edits", type=int, default=10_000, metavar="N", help="how many single edits")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    return parser.parse_args()


def main() -> None:
    options = _options()
    os.environ["KB_MEANING"] = "off"  # whatever is installed here, also for the servers
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="kb-in-use-") as folder:
        bench = prepared(options.home or Path(folder) / "library", options)
        figures = {name: measure(bench) for name, measure in SECTIONS.items() if name in options.only}
    command = f"python -m benchmarks.in_use {shlex.join(sys.argv[1:])}".strip()
    took = f"`{command}`, {bench.size:,} reviews, {time.perf_counter() - began:,.0f} s"
    print("\n\n".join([f"{machine()}\n{took}", *(_SHOWN[name](made) for name, made in figures.items())]))
    if options.json:
        told = {name: _plain(made) for name, made in figures.items()}
        options.json.write_text(
            json.dumps({"machine": machine(), "command": command, "size": bench.size, **told}, indent=1) + "\n", "utf-8"
        )


def _plain(made: Any) -> Any:
    return {name: asdict(one) for name, one in made.items()} if isinstance(made, dict) else asdict(made)


if __name__ == "__main__":
    main()
