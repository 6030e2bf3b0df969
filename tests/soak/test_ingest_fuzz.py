"""Ten thousand damaged files a format through the whole pipeline: never an exception, never a hang, nothing lost."""

from __future__ import annotations

import random
import time

import pytest

from kb.models import Draft, SkippedRow
from tests.ingest.bringing import located
from tests.ingest.mutating import CSV_HEADER, MARKDOWN, csv_line, damaged, ndjson_line

FILES = {
    "a.ndjson": b"".join(ndjson_line(number) for number in range(5)),
    "a.json": b"[" + b",".join(ndjson_line(number) for number in range(5)) + b"]",
    "a.csv": CSV_HEADER + b"".join(csv_line(number) for number in range(5)),
    "a.md": MARKDOWN,
    "-": MARKDOWN,
}


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_never_stops_a_run(name: str, encoding: str) -> None:
    chance = random.Random(f"{name} {encoding}")  # noqa: S311
    good = FILES[name].decode().replace("Clock", "Größe").encode(encoding)
    for number in range(10_000):
        content = damaged(good, chance)
        began = time.perf_counter()
        found = located(content, name, max_field=10_000)
        assert time.perf_counter() - began < 2, f"number {number} took long: {content!r}"
        assert found or name == "a.csv", content  # a header alone is a table without rows
        for one in found:
            if isinstance(one.item, SkippedRow):
                assert one.item.reason.endswith("."), one.item.reason
                assert "report it" not in one.item.reason, (one.item.reason, content)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", ["a.ndjson", "a.csv"])
def test_the_good_rows_beside_a_damaged_one_come_in_every_time(name: str) -> None:
    chance = random.Random(name)  # noqa: S311
    make = ndjson_line if name == "a.ndjson" else csv_line
    for _ in range(20_000):
        lines = [make(number) for number in range(5)]
        lines[2] = damaged(lines[2].removesuffix(b"\n"), chance) + b"\n"
        found = located((CSV_HEADER if name == "a.csv" else b"") + b"".join(lines), name)
        ids = {one.item.external_id for one in found if isinstance(one.item, Draft)}
        assert {"good-0", "good-1", "good-3", "good-4"} <= ids, lines[2]
