"""Mapping files: other people's columns and keys to the interchange's. docs/formats.md has a worked example.

columns:   {their name: our key}          several may lead to `tags` (put together) or `body` (below one another);
                                          `source.body` is the body in the object source
scorecard: {criterion: their column}      or {criterion: {value: column, comment: column}}
lists:     {tags: ","}                    what parts the names of a list; `;` otherwise
dates:     day-first | month-first        how 3/4/2026 is read; or `spreadsheet`: numbers are the days that it counts
defaults:  {our key: value}               where a row has none
values:    {our key: {theirs: ours}}      words of theirs for words of ours, in any case
drop:      [their name]                   left out on purpose, not even kept under extra
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kb.errors import InvalidInput, UsageError
from kb.ingest import safe_toml, safe_yaml
from kb.ingest.base import Options
from kb.ingest.dates import Order
from kb.ingest.keys import REVIEW_KEYS, TAG_KEYS, folded, key_of
from kb.ingest.parts import are_answers
from kb.ingest.record import Reader
from kb.ingest.rows_of_one import PARTS, joined
from kb.ingest.text import maybe_json, scalar, shown
from kb.models import Draft, GemDraft, TagDraft

SECTIONS = ("columns", "scorecard", "lists", "dates", "defaults", "values", "drop")
_LISTS = ("tags", "aliases")
_FEEDBACK = tuple(f"feedback.{name}" for name in ("csat", "ces", "nps", "comment"))
TARGETS = tuple(dict.fromkeys((*REVIEW_KEYS, *TAG_KEYS, *_FEEDBACK, *PARTS)))


def load(file: str | Path) -> dict[str, object]:
    """The mapping in a YAML, JSON or TOML file, checked. Raises UsageError with the file and the key or line."""
    path = Path(file)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"The mapping file {path} cannot be read: {error.strerror}.") from error
    return read(content, path.suffix, f"The mapping file {path}")


def read(content: bytes, suffix: str, where: str) -> dict[str, object]:
    """The mapping in a file's content, checked; `suffix` says what it is (.toml, .json, else YAML).

    Raises UsageError that begins with `where`.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{where} is not UTF-8 text.") from error
    try:
        if suffix.lower() == ".toml":
            found: Any = safe_toml.load(text)
        elif suffix.lower() == ".json":
            found = json.loads(text)
        else:
            found = safe_yaml.load(text.replace("\r\n", "\n"))
    except safe_yaml.BadYaml as error:
        raise UsageError(f"{where}, line {error.line}: {error.reason}.") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where} cannot be read: {error}.") from error
    return check(found, where)


def check(found: object, where: str = "The mapping") -> dict[str, object]:
    """`found` as a mapping whose sections, keys and values are right. Raises UsageError that begins with `where`."""
    if not isinstance(found, dict):
        raise UsageError(f"{where} must hold sections: {', '.join(SECTIONS)}.")
    for name in found:
        if name not in SECTIONS:
            raise UsageError(f"{where} has {shown(str(name))}, which is no section.{_nearest(str(name), SECTIONS)}")
    for name in ("columns", "scorecard", "lists", "defaults", "values"):
        if not isinstance(found.get(name) or {}, dict):
            raise UsageError(f"{where}: {name} must hold lines of `key: value`.")
    targets = [*(found.get("columns") or {}).items()] + [(name, name) for name in found.get("defaults") or {}]
    targets += [(name, name) for name in found.get("values") or {}]
    for theirs, ours in targets:
        if not isinstance(ours, str) or key_of(ours) not in TARGETS:
            raise UsageError(
                f"{where}: {theirs} leads to {shown(str(ours))}, which is no key.{_nearest(str(ours), TARGETS)}"
            )
    for name, mark in (found.get("lists") or {}).items():
        if name not in _LISTS or not isinstance(mark, str) or not mark:
            raise UsageError(f'{where}: lists is for {" and ".join(_LISTS)}, with what parts them, such as tags: ",".')
    if found.get("dates") not in (None, *Order):
        raise UsageError(f"{where}: dates must be {' or '.join(Order)}, not {shown(str(found['dates']))}.")
    for name, words in (found.get("values") or {}).items():
        if not isinstance(words, dict):
            raise UsageError(f"{where}: values of {name} must hold lines of `their word: our word`.")
    if not isinstance(found.get("drop") or [], list):
        raise UsageError(f"{where}: drop must be a list of their names.")
    for criterion, column in (found.get("scorecard") or {}).items():
        if not isinstance(column, str) and not (isinstance(column, dict) and column.keys() <= {"value", "comment"}):
            raise UsageError(
                f"{where}: scorecard of {criterion} must be a column, or value and comment with a column each."
            )
    return found


def _nearest(word: str, words: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, words, 1)
    return f" Did you mean {near[0]}?" if near else f" There are {', '.join(words)}."


class Columns:
    """A checked mapping, ready to be used on row after row."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self.targets = {folded(str(theirs)): key_of(ours) for theirs, ours in (found.get("columns") or {}).items()}
        self.dropped = {folded(str(name)) for name in found.get("drop") or []}
        self.answers: dict[str, tuple[str, str]] = {}
        for criterion, column in (found.get("scorecard") or {}).items():
            parts = {"value": column} if isinstance(column, str) else column
            for part, name in parts.items():
                self.answers[folded(str(name))] = (str(criterion), part)
        self.defaults = {key_of(key): value for key, value in (found.get("defaults") or {}).items()}
        self.values = {
            key_of(key): {str(theirs).strip().casefold(): ours for theirs, ours in words.items()}
            for key, words in (found.get("values") or {}).items()
        }
        self.separators = {str(name): str(mark) for name, mark in (found.get("lists") or {}).items()}
        self.order = Order(found["dates"]) if found.get("dates") else None
        named = (*(found.get("columns") or {}), *(found.get("drop") or ()), *self._answering(found))
        self.inner = [str(name).split(".") for name in named if "." in str(name)]

    def _answering(self, found: Mapping[str, Any]) -> Iterator[str]:
        for column in (found.get("scorecard") or {}).values():
            yield from [column] if isinstance(column, str) else map(str, column.values())

    @property
    def parts(self) -> set[str]:
        """What its rows are parts of reviews by (kb/ingest/rows_of_one.py)."""
        return set(PARTS).intersection(self.targets.values())

    def key(self, name: str) -> str:
        """The interchange's key that the column `name` becomes."""
        return self.targets.get(folded(name)) or key_of(name)

    def apply(self, row: Mapping[Any, Any]) -> dict[Any, Any]:
        """`row` under the interchange's keys. What the mapping does not name stays as it is."""
        found: dict[Any, Any] = {}
        own: dict[Any, Any] = {}
        answers: dict[str, dict[str, Any]] = {}
        for name, value in self.with_inner(row).items():
            word = folded(name) if isinstance(name, str) else name
            if word in self.dropped or value is None or value == "":
                continue
            if word in self.answers:
                criterion, part = self.answers[word]
                if value == []:
                    continue
                if (
                    part == "value"
                    and are_answers(maybe_json(value) if isinstance(value, str) else value)
                    and "scorecard" not in found
                ):
                    found["scorecard"] = value
                else:
                    answers.setdefault(criterion, {})[part] = value
            elif target := self.targets.get(word):
                self._put(found, name, target, value)
            else:
                own[name] = value
        for name, value in own.items():
            self._put(found, name, key_of(name) if isinstance(name, str) else name, value)
        self._answer(found, answers)
        for key, words in self.values.items():
            if key in found:
                found[key] = _translated(found[key], words)
        for key, value in self.defaults.items():
            found.setdefault(key, value)
        self._feedback(found)
        return found

    def with_inner(self, row: Mapping[Any, Any]) -> Mapping[Any, Any]:
        """`row` with what the mapping names inside its objects taken out of them: `source.body` is the body in source."""
        for path in self.inner:
            if (name := ".".join(path)) not in row:
                value, rest = _taken(row, path)
                row = {**rest, name: value} if value is not None else row
        return row

    def _put(self, found: dict[Any, Any], name: Any, target: Any, value: Any) -> None:
        if target not in found:
            found[target] = value
        elif target in _LISTS:
            found[target] = [*self._list(target, found[target]), *self._list(target, value)]
        elif target == "body":
            found[target] = f"{scalar(found[target], 'body')}\n\n{scalar(value, 'body')}"
        else:
            while name in found or key_of(str(name)) in REVIEW_KEYS:
                name = f"{name} (2)"  # a second column for one key: kept under extra, under a name of its own
            found[name] = value

    def _list(self, target: str, value: Any) -> list[Any]:
        if isinstance(value, str):
            return value.split(self.separators.get(target, ";"))
        return list(value) if isinstance(value, list | tuple) else [value]

    def _answer(self, found: dict[Any, Any], answers: dict[str, dict[str, Any]]) -> None:
        for criterion, parts in answers.items():
            for part, value in parts.items():
                found[f"scorecard.{criterion}{'.comment' if part == 'comment' else ''}"] = value

    def _feedback(self, found: dict[Any, Any]) -> None:
        """Flat `feedback.csat` beside a `feedback` object: the object has the last word, nothing is lost."""
        flat = {key[9:]: found.pop(key) for key in _FEEDBACK if key in found}
        if flat:
            nested = found.get("feedback")
            found["feedback"] = {**flat, **nested} if isinstance(nested, Mapping) else flat


def _taken(row: Mapping[Any, Any], path: list[str]) -> tuple[Any, Mapping[Any, Any]]:
    """What stands at the end of the path, and the row without it; (None, row) where nothing does."""
    first, *further = path
    value: Any = row.get(first)
    inner: Mapping[Any, Any] = {}
    if further:
        value, inner = _taken(value, further) if isinstance(value, Mapping) else (None, inner)
    if value is None:
        return None, row
    rest = {name: kept for name, kept in row.items() if name != first}
    return value, {**rest, first: inner} if inner else rest


def _translated(value: Any, words: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_translated(item, words) for item in value]
    if isinstance(value, str | int | float | bool):
        return words.get(scalar(value, "values").strip().casefold(), value)
    return value


class Rows:
    """Reads the rows of one file as the run's options want it. `order` is what the file itself says about its dates."""

    def __init__(self, options: Options, order: Order | None = None) -> None:
        self.columns = Columns(check(options.mapping)) if options.mapping else None
        separators = self.columns.separators if self.columns else None
        mapped = self.columns.order if self.columns else None
        self._reader = Reader.of(options, mapped or order, separators)
        self._seen = options.seen

    def key(self, name: str) -> str:
        return self.columns.key(name) if self.columns else key_of(name)

    def read(self, row: Mapping[Any, Any]) -> Draft | TagDraft | GemDraft:
        """Raises InvalidInput."""
        if self._seen is not None:
            self._seen(row)
        try:
            if self.columns and self.columns.parts:
                return self.read_as_one([row])
            return self._reader.read(self.columns.apply(row) if self.columns else row)
        except InvalidInput as error:
            if error.field == "body" and (empty := self._empty_texts(row)):
                are = "is" if len(empty) == 1 else "are"
                raise InvalidInput(f"There is no text to read: {', '.join(empty)} {are} empty.", "body") from error
            raise

    def read_as_one(self, rows: Sequence[Mapping[Any, Any]]) -> Draft | TagDraft | GemDraft:
        """Rows that are parts of one review. Raises InvalidInput."""
        assert self.columns is not None
        return self._reader.read(joined([self.columns.apply(row) for row in rows], set(self.columns.targets.values())))

    def _empty_texts(self, row: Mapping[Any, Any]) -> list[str]:
        """The columns that lead to a text, if it has such and all of them are empty."""
        texts = {name: value for name, value in row.items() if self.key(str(name)) in ("body", "turns")}
        if any(value.strip() if isinstance(value, str) else value for value in texts.values()):
            return []
        return [shown(str(name)[:40])[1:-1] for name in texts]
