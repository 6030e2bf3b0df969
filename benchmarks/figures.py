"""What benchmarks have in common: times as percentiles, tables in Markdown, and what machine all this ran on."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import Tantivy, Whoosh


@dataclass(slots=True)
class Times:
    """How long the questions (or saves, or starts) of one kind took, in milliseconds."""

    p50: float
    p95: float
    asked: int
    longest: float = 0.0

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Times:
        """Of at least two."""
        cuts = statistics.quantiles(seconds, n=20, method="inclusive")
        figures = (statistics.median(seconds), cuts[18], max(seconds))
        p50, p95, longest = (round(figure * 1000, 3) for figure in figures)
        return cls(p50, p95, len(seconds), longest)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """As Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def chart(title: str, along: Sequence[str], lines: Sequence[Sequence[float]]) -> str:
    """Lines over the same places as a picture in Markdown: Mermaid's xychart, https://mermaid.js.org/syntax/xyChart.html."""
    drawn = [f"  line [{', '.join(map(str, line))}]" for line in lines]
    places = ", ".join(f'"{place}"' for place in along)
    head = ["```mermaid", "xychart-beta", f'  title "{title}"', f"  x-axis [{places}]", '  y-axis "ms"']
    return "\n".join([*head, *drawn, "```"])


def machine() -> str:
    """What all this ran on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        model = next(
            (line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line), model
        )
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, tantivy {Tantivy.version}, Whoosh {Whoosh.version}"
    )
