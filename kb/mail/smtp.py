"""Handing mails to an SMTP server (RFC 5321), one connection for many, over TLS unless told otherwise.

What matters is when something goes wrong. Until the line with the single dot is sent, a server has taken nothing, and
the mail may be tried again; once it is sent and the answer is lost, nobody can tell: that is `DeliveryUncertain`.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from functools import lru_cache
from types import TracebackType

from kb.errors import ChannelDown, DeliveryLater, DeliveryRefused, DeliveryUncertain
from kb.mail.deadline import deadline
from kb.mail.near import is_here
from kb.values.digest import shorten

PORTS = {"starttls": 587, "tls": 465, "none": 25}
# Before a server closes a long-lived connection by itself, often after 100 mails.
_MAILS_A_CONNECTION = 90


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where and how mail is handed over. `security` is starttls, tls or none; `ca` is a file of certificates that are
    trusted besides the system's; `seconds` is the longest wait for one answer."""

    host: str
    port: int = 0
    security: str = "starttls"
    user: str = ""
    password: str = ""
    ca: str = ""
    seconds: float = 30.0

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port or PORTS[self.security]}"


class Postbox:
    """A connection to the mail server, opened with the first mail and kept for the next ones; use it with `with`."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._line: smtplib.SMTP | None = None
        self._sent = 0

    def __enter__(self) -> Postbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._line is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._line.quit()
            self._drop()

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None
        self._sent = 0

    def send(self, mail: EmailMessage, sender: str, to: str) -> None:
        """Hand one mail over; returning means that the server has taken it.

        Raises ChannelDown, DeliveryLater, DeliveryRefused, DeliveryUncertain.
        """
        if self._sent >= _MAILS_A_CONNECTION:
            self.close()
        body = _as_data(mail)
        for last_try in (self._line is None, True):
            line = self._open()
            with deadline(line.sock, self._server.seconds * 5):
                try:
                    self._begin(line, sender, to)
                except smtplib.SMTPServerDisconnected:
                    # An idle connection that the server has closed: nothing was said about this mail yet.
                    self._drop()
                    if last_try:
                        raise DeliveryLater(f"The mail server {self._server.place} ended the connection.") from None
                    continue
                self._hand_over(line, body)
            break
        self._sent += 1

    def _open(self) -> smtplib.SMTP:
        if self._line is None:
            self._line = _connect(self._server)
        return self._line

    def _begin(self, line: smtplib.SMTP, sender: str, to: str) -> None:
        """MAIL and RCPT. Raises SMTPServerDisconnected when the connection was gone."""
        code, words = line.mail(sender)
        if code != 250:
            self._after_refusal(code)
            if code < 500:
                raise _refusal("mail", code, words)
            raise ChannelDown(
                f"The mail server refuses mail from {sender} ({code} {_words(words)}). Set KB_MAIL_FROM to an address"
                " that it may send for.",
                code,
            )
        code, words = line.rcpt(to)
        if code not in (250, 251):
            self._after_refusal(code)
            raise _refusal("the address", code, words, address=True)

    def _hand_over(self, line: smtplib.SMTP, body: bytes) -> None:
        place = self._server.place
        try:
            code, words = line.docmd("DATA")
            if code != 354:
                self._after_refusal(code)
                raise _refusal("the message", code, words)
            line.send(body)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            self._drop()
            raise DeliveryLater(f"The connection to {place} broke before the mail was whole: {error}.") from error
        try:
            line.send(b".\r\n")
            code, words = line.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise DeliveryUncertain(
                f"The mail was handed to {place}, but its answer never came ({_plain(error)}). It may have arrived."
            ) from error
        if code != 250:
            self._after_refusal(code)
            raise _refusal("the message", code, words)

    def _after_refusal(self, code: int) -> None:
        """Ready for the next mail: RSET, or a new connection where the server is closing this one (421)."""
        if code == 421 or self._line is None:
            self._drop()
            return
        try:
            self._line.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()


def _as_data(mail: EmailMessage) -> bytes:
    """The message as DATA wants it: CRLF line ends, leading dots doubled (RFC 5321, 4.5.2), without the last dot."""
    body = re.sub(rb"\r\n|\r|\n", b"\r\n", mail.as_bytes())
    body = re.sub(rb"(?m)^\.", b"..", body)
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def _connect(server: MailServer) -> smtplib.SMTP:
    """An open, encrypted, signed-in connection. Raises ChannelDown with what to put right."""
    port = server.port or PORTS[server.security]
    try:
        if server.security == "tls":
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, port, _own_name(), timeout=server.seconds, context=_trust(server)
            )
        else:
            line = smtplib.SMTP(server.host, port, _own_name(), timeout=server.seconds)
    except (OSError, smtplib.SMTPException) as error:
        raise ChannelDown(_why_not_connected(server, error)) from error
    try:
        # The last dot goes in a packet of its own: without this it would wait 40 ms for the one before to be confirmed.
        if line.sock is not None:
            line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with deadline(line.sock, server.seconds * 4):
            line.ehlo()
            if server.security == "starttls":
                _encrypt(line, server)
            if server.user:
                _sign_in(line, server)
    except (OSError, smtplib.SMTPException) as error:
        line.close()
        raise ChannelDown(_why_not_connected(server, error)) from error
    except ChannelDown:
        line.close()
        raise
    return line


@lru_cache(maxsize=1)
def _own_name() -> str:
    """What this machine greets with: smtplib asks for it at each connection, which may take a second."""
    name = socket.getfqdn()
    return name if "." in name else "[127.0.0.1]"


def _trust(server: MailServer) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if server.ca:
        try:
            context.load_verify_locations(cafile=server.ca)
        except (OSError, ssl.SSLError) as error:
            raise ChannelDown(f"KB_SMTP_CA names {server.ca}, which holds no certificates: {error}.") from error
    return context


def _encrypt(line: smtplib.SMTP, server: MailServer) -> None:
    context = _trust(server)
    try:
        line.starttls(context=context)
    except smtplib.SMTPNotSupportedError:
        raise ChannelDown(
            f"The mail server {server.place} offers no STARTTLS, and mail does not go unencrypted unless you say so."
            " Set KB_SMTP_SECURITY to tls (port 465), or to none for a relay on your own network."
        ) from None
    except smtplib.SMTPResponseException as error:
        raise ChannelDown(
            f"The mail server {server.place} refuses TLS ({error.smtp_code} {_words(error.smtp_error)})."
            " Nothing was sent unencrypted.",
            error.smtp_code,
        ) from error
    line.ehlo()


def _sign_in(line: smtplib.SMTP, server: MailServer) -> None:
    if server.security == "none" and not is_here(server.host):
        raise ChannelDown(
            "The password for the mail server would go over the network in the clear. Set KB_SMTP_SECURITY to starttls"
            " or tls, or leave KB_SMTP_USER empty."
        )
    try:
        line.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as error:
        raise ChannelDown(
            f"The mail server {server.place} refuses the sign-in of {server.user} ({error.smtp_code}"
            f" {_words(error.smtp_error)}). Check KB_SMTP_USER and KB_SMTP_PASSWORD.",
            error.smtp_code,
        ) from error
    except smtplib.SMTPNotSupportedError:
        raise ChannelDown(
            f"The mail server {server.place} takes no sign-in here. Leave KB_SMTP_USER empty, or use another port."
        ) from None


def _why_not_connected(server: MailServer, error: Exception) -> str:
    place = server.place
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"The certificate of the mail server {place} cannot be trusted: {error.verify_message}. If it is your own"
            " server's, put its certificate authority's file into KB_SMTP_CA."
        )
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return f"The mail server {place} did not answer within {server.seconds:g} seconds. Nothing was sent."
    if isinstance(error, ConnectionRefusedError):
        return f"Nothing answers at the mail server {place}. Check KB_SMTP_HOST and KB_SMTP_PORT."
    if isinstance(error, ssl.SSLError):
        return (
            f"The mail server {place} does not speak TLS as KB_SMTP_SECURITY={server.security} wants it:"
            f" {_plain(error)}."
        )
    return f"The mail server {place} cannot be used: {_plain(error)}."


def _refusal(what: str, code: int, words: bytes, *, address: bool = False) -> DeliveryLater | DeliveryRefused:
    """4xx is for later, 5xx for good (RFC 5321, 4.2.1)."""
    sentence = f"The mail server refused {what}: {code} {_words(words)}"
    if 500 <= code < 600:
        return DeliveryRefused(sentence, code, address=address)
    return DeliveryLater(sentence, code if code > 0 else None)


def _words(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return shorten(text, 200)


def _plain(error: Exception) -> str:
    return shorten(str(error) or type(error).__name__, 160).rstrip(".")
