"""The block of YAML between two lines of `---` at the head of a Markdown file, or of TOML between two of `+++`."""

from __future__ import annotations

import re
from typing import Any

from kb.ingest import safe_toml, safe_yaml
from kb.ingest.safe_yaml import BadYaml

_FENCE = re.compile(r"---[ \t]*\n")
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_TOML = re.compile(r"\+\+\+[ \t]*\n(?P<keys>(?:.*\n)*?)\+\+\+[ \t]*(?:\n|\Z)")
_KEY = re.compile(r"[\w\"'.-][^\n:]{0,80}:(?:\s|$)")


def split(text: str) -> tuple[dict[str, Any], str]:
    """The keys of the front matter and the body below it; `({}, text)` if there is none.

    A file that begins with a rule (`---`) and goes on with prose has none. `text` has `\\n` line ends.
    Raises BadYaml, its line counted in the file, where there is front matter that cannot be read.
    """
    if toml := _TOML.match(text):
        return _toml(toml["keys"]), text[toml.end() :]
    if not (fence := _FENCE.match(text)):
        return {}, text
    end = _END.search(text, fence.end())
    if not end:
        if _KEY.match(text, fence.end()):
            raise BadYaml("the front matter is never closed: a line of --- must follow it", 1)
        return {}, text
    try:
        found = safe_yaml.load(text[fence.end() : end.start()])
    except BadYaml as error:
        raise BadYaml(error.reason, error.line + 1) from error
    if found is None:
        return {}, text[end.end() :]
    if isinstance(found, str) and not _KEY.match(text, fence.end()):
        return {}, text
    if not isinstance(found, dict):
        raise BadYaml("the front matter must be lines of `key: value`", 2)
    return found, text[end.end() :]


def _toml(text: str) -> dict[str, Any]:
    try:
        return safe_toml.load(text)
    except (ValueError, RecursionError) as error:
        at = re.search(r" \(at line (\d+), column \d+\)", str(error))
        raise BadYaml(str(error).replace(at[0], "") if at else str(error), int(at[1]) + 1 if at else 1) from error


def join(keys: dict[str, Any], body: str) -> str:
    """A Markdown file with `keys` as its front matter."""
    return f"---\n{safe_yaml.dump(keys)}---\n\n{body}\n"
