"""What the README shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from kb.cli import cli

README = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_the_worked_example_gives_what_it_says(home: Path) -> None:
    runner = CliRunner()
    ingested = re.search(r"^Done: .*$", README, re.MULTILINE)
    question = re.search(r'search "([^"]+)"', README)
    shown = re.search(r"^\$ kb .* search .*\n((?:.*\n)+?)…$", README, re.MULTILINE)
    assert ingested
    assert question
    assert shown
    runner.invoke(cli, ["--home", str(home), "init"])
    assert ingested[0] in runner.invoke(cli, ["--home", str(home), "ingest", str(EXAMPLES)]).output
    found = runner.invoke(cli, ["--home", str(home), "search", question[1]]).output
    assert found.startswith(shown[1])
