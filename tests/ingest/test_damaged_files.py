"""Whatever happened to a file, nothing is raised, and the good rows beside the bad one come in."""

from __future__ import annotations

import random
from io import BytesIO

import pytest
from bringing import located
from mutating import CSV_HEADER, MARKDOWN, csv_line, damaged, ndjson_line

from kb.ingest.base import Options
from kb.ingest.csv_ import Csv
from kb.ingest.json_ import Json
from kb.ingest.markdown import Markdown
from kb.ingest.ndjson import Ndjson
from kb.models import Draft, SkippedRow


@pytest.mark.parametrize("seed", range(150))
@pytest.mark.parametrize("name", ["a.ndjson", "a.csv"])
def test_the_good_rows_beside_a_damaged_one_come_in(name: str, seed: int) -> None:
    chance = random.Random(f"{name} {seed}")  # noqa: S311
    make = ndjson_line if name == "a.ndjson" else csv_line
    lines = [make(number) for number in range(8)]
    lines[4] = damaged(lines[4].removesuffix(b"\n"), chance) + b"\n"
    found = located((CSV_HEADER if name == "a.csv" else b"") + b"".join(lines), name)
    ids = {one.item.external_id for one in found if isinstance(one.item, Draft)}
    assert {f"good-{number}" for number in (0, 1, 2, 3, 5, 6, 7)} <= ids


@pytest.mark.parametrize("parser", [Csv(), Json(), Markdown(), Ndjson()], ids=lambda parser: parser.name)
def test_a_parser_takes_any_bytes_and_gives_a_sentence(parser: Csv | Json | Markdown | Ndjson) -> None:
    chance = random.Random(parser.name)  # noqa: S311
    good = {
        "csv": CSV_HEADER + csv_line(1),
        "markdown": MARKDOWN,
        "ndjson": ndjson_line(1),
        "json": b"[" + ndjson_line(1) + b"]",
    }
    for _ in range(300):
        content = damaged(good[parser.name], chance)
        for found in parser.parse(BytesIO(content), "a", Options(max_field=1000)):
            if isinstance(found.item, SkippedRow):
                assert found.item.reason.endswith(".")
                assert found.item.content
