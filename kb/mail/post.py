"""Posting JSON to a webhook: https, or this machine; no redirects, no waiting for ever, and no doubt hidden."""

from __future__ import annotations

import contextlib
import email.utils
import http.client
import json
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from kb.errors import ChannelDown, DeliveryLater, DeliveryRefused, DeliveryUncertain
from kb.mail.deadline import deadline
from kb.mail.near import is_here
from kb.values.digest import shorten

SECONDS = 20.0
_MOST_READ = 4096
_LONGEST_WAIT = 24 * 3600.0
_GONE = "The webhook's address may have been taken back: make a new one there, and set it here."


def post(url: str, payload: Mapping[str, Any], headers: Mapping[str, str], seconds: float = SECONDS) -> None:
    """Post a JSON body; returning means that the other side took it (2xx).

    Raises ChannelDown, DeliveryLater (429, 408, 5xx, no connection), DeliveryRefused, DeliveryUncertain. The sentences
    name the host only: the rest of a webhook's address is its secret.
    """
    parts = check_url(url)
    body = as_body(payload)
    connection = _connection(parts, seconds)
    place = parts.hostname or ""
    try:
        connection.connect()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise DeliveryLater(_why_not(place, error)) from error
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "kb", "Connection": "close", **headers}
    try:
        with deadline(connection.sock, seconds * 1.5), contextlib.closing(connection):
            try:
                connection.request("POST", path, body, sent)
                answer = connection.getresponse()
                said = answer.read(_MOST_READ)
            except (OSError, http.client.HTTPException) as error:
                raise DeliveryUncertain(
                    f"The edition was posted to {place}, but no answer came"
                    f" ({shorten(str(error) or type(error).__name__, 120)}). It may have arrived."
                ) from error
    finally:
        connection.close()
    _judge(place, answer.status, answer.getheader("Retry-After"), said.decode("utf-8", "replace"))


def as_body(payload: Mapping[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def check_url(url: str) -> SplitResult:
    """The parts of a webhook's address. Raises ChannelDown unless it is https, or http on this machine."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ChannelDown("A webhook's address is no URL. Copy it again from where it was made.") from None
    if not host or any(letter.isspace() or ord(letter) < 32 for letter in url.strip()):
        raise ChannelDown("A webhook's address is no URL. Copy it again from where it was made.")
    if parts.scheme == "https" or (parts.scheme == "http" and is_here(host)):
        return parts
    raise ChannelDown(
        f"The webhook at {host} is not reached by https, so what is in the edition could be read on the way. Use its"
        " https address."
    )


def _connection(parts: SplitResult, seconds: float) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=seconds, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, parts.port, timeout=seconds)


def _why_not(place: str, error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {place} cannot be trusted: {error.verify_message}."
    if isinstance(error, TimeoutError):
        return f"{place} did not answer in time."
    return f"{place} cannot be reached: {shorten(str(error) or type(error).__name__, 120)}."


def _judge(place: str, status: int, retry_after: str | None, said: str) -> None:
    if 200 <= status < 300:
        return
    words = f": {shorten(said, 120)}" if said.strip() and "<" not in said else ""
    if status == 429:
        seconds = wait_asked(retry_after)
        raise DeliveryLater(f"{place} takes no more just now (429){words}.", status, seconds)
    if status in (408, 425) or status >= 500:
        raise DeliveryLater(f"{place} has trouble of its own ({status}){words}.", status, wait_asked(retry_after))
    if 300 <= status < 400:
        raise DeliveryRefused(
            f"{place} wants the edition posted somewhere else ({status}). kb does not follow: set the new address.",
            status,
        )
    if status in (401, 403, 404, 410):
        raise DeliveryRefused(f"{place} does not take the edition ({status}){words}. {_GONE}", status)
    raise DeliveryRefused(f"{place} does not take the edition ({status}){words}.", status)


def wait_asked(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for: a number, or a date (RFC 9110, 10.2.3). None when it says nothing."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST_WAIT)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), _LONGEST_WAIT)
