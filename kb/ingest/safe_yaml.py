"""YAML from strangers, read straight from the parser's events: plain values only, bounded, nothing executed.

PyYAML's loaders follow YAML 1.1, where `no` is false, `10:30` is 630 and `1.10` is 1.1, and they build whatever a
"billion laughs" asks for. Here a plain scalar is a number only if writing the number gives the same letters again,
dates and yes/no stay text (kb/ingest/record.py knows what they mean), aliases and tags are refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import yaml

from kb.ingest.text import MAX_DEPTH

MAX_VALUES = 200_000
"""How many values one document may hold."""

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:(\.\d+)(?:e[+-]\d+)?)?")
_STRING_TAG = "tag:yaml.org,2002:str"
_TOO_MUCH = f"it holds more than {MAX_VALUES:,} values or nests more than {MAX_DEPTH} deep"


class BadYaml(ValueError):
    """The text is not YAML that kb takes. `line` is counted from 1."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


def load(text: str) -> Any:
    """The one document in `text`: dicts, lists, text, numbers, booleans and None. Raises BadYaml."""
    try:
        return _build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadYaml(_reason(error), mark.line + 1 if mark else 1) from error
    except yaml.YAMLError as error:
        position = getattr(error, "position", 0)
        position = position if isinstance(position, int) else 0
        reason = "there is a control character in it" if "control characters" in str(error) else "it cannot be read"
        raise BadYaml(reason, text.encode()[:position].count(b"\n") + 1) from error


def dump(value: Mapping[str, Any]) -> str:
    """`value` as block YAML that `load`, and any other YAML reader, reads as the same; ends with a line break."""
    text: str = yaml.dump(
        value,
        Dumper=yaml.CSafeDumper,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=False,
        width=1000,
    )
    return text


def _build(text: str) -> Any:
    """One pass over the events with a stack of open lists and objects."""
    result: Any = None
    stack: list[Any] = []
    keys: list[str | None] = []  # the key that waits for its value, for each open object
    documents = values = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            stack.pop()
            keys.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise BadYaml("a second document begins here", line)
        if not isinstance(event, yaml.ScalarEvent | yaml.AliasEvent | yaml.CollectionStartEvent):
            continue
        value = _begun(event, line)
        values += 1
        if values > MAX_VALUES or len(stack) >= MAX_DEPTH:
            raise BadYaml(_TOO_MUCH, line)
        if not stack:
            result = value
        elif isinstance(stack[-1], list):
            stack[-1].append(value)
        elif keys[-1] is None:
            keys[-1] = _key(event, stack[-1], line)
            continue
        else:
            stack[-1][keys[-1]] = value
            keys[-1] = None
        if isinstance(value, list | dict):
            stack.append(value)
            keys.append(None)
    return result


def _begun(event: yaml.ScalarEvent | yaml.AliasEvent | yaml.CollectionStartEvent, line: int) -> Any:
    """The value that begins here; a list or object without what is in it."""
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event, line)
    if isinstance(event, yaml.AliasEvent):
        raise BadYaml(
            f"*{event.anchor} refers to another place (an alias), which is not taken; put text in quotes", line
        )
    if event.tag is not None:
        raise BadYaml(f"the tag {event.tag} is not taken; write plain values", line)
    return [] if isinstance(event, yaml.SequenceStartEvent) else {}


def _key(event: yaml.Event, target: Mapping[str, Any], line: int) -> str:
    if not isinstance(event, yaml.ScalarEvent):
        raise BadYaml("a key must be text, not a list or object", line)
    key = str(event.value)
    if key in target:
        raise BadYaml(f"the key {key} stands there a second time", line)
    return key


def _scalar(event: yaml.ScalarEvent, line: int) -> Any:
    text = str(event.value)
    if event.tag is not None:
        if event.tag not in ("!", _STRING_TAG):
            raise BadYaml(f"the tag {event.tag} is not taken; write plain values", line)
        return text
    if not event.implicit[0]:  # quoted, or a block of text
        return text
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if len(text) < 4000 and (match := _NUMBER.fullmatch(text)):
        if not match[1]:
            return int(text) if text != "-0" else text
        number = float(text)
        return number if math.isfinite(number) and _written(number) == text else text
    return text


def _written(number: float) -> str:
    """As PyYAML writes a float: always with a point, as YAML 1.1 asks for."""
    text = repr(number)
    return text if "." in text else text.replace("e", ".0e", 1)


def _reason(error: yaml.MarkedYAMLError) -> str:
    problem = str(error.problem or error.context or "it cannot be read")
    if "mapping values are not allowed" in problem:
        return "a colon followed by a space stands inside a value; put the value in quotes"
    if "expected alphabetic or numeric character" in problem:
        return "a value begins with * or &, which mean something to YAML; put the value in quotes"
    if "cannot start any token" in problem:
        return f"{problem}; put the value in quotes (and use spaces, not tabs)"
    if "nesting" in problem:  # libyaml's own bound, far above ours, met while it reads ahead of the event
        return _TOO_MUCH
    return problem
