"""`kb member`: what it does for who has no browser at hand."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from kb import members
from kb.cli import cli


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), "member", *arguments])


def test_a_new_password_revokes_the_tokens_and_says_so(home, library):
    tokens = [members.new_token(library, "reader@kb.example") for _ in range(2)]
    said = run(home, "password", "Reader@kb.example").output
    assert "reader@kb.example has a new password: " in said
    assert "They are signed out everywhere, and 2 tokens were revoked." in said
    assert not any(members.by_token(library, token) for token in tokens)
