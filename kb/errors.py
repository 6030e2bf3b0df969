"""What kb raises for a person to read; a use case adds its own where it raises them (kb/members.py: SignInRefused).

    KbError                     a sentence for the person: what happened, where, how to put it right
    |-- UsageError              the command, option or form field is wrong             exit 2, HTTP 400
    |   |-- SettingError        a setting's value cannot be used
    |   `-- InvalidInput        a field of a form or record cannot be taken; names the field
    |-- NotFound                no such review, gem, tag, run, member                  exit 3, HTTP 404
    |-- NotAllowed              this member may not do that                            exit 3, HTTP 403
    |-- Conflict                somebody else changed it meanwhile, or the name is taken  exit 3, HTTP 409
    |-- LibraryError            the library cannot be opened, read or written          exit 3, HTTP 503
    |   |-- NoLibrary           nothing was made there yet
    |   |-- LibraryTooNew       made by a newer kb
    |   `-- LibraryBusy         another process held the write lock for too long
    |-- SearchIndexError        the search index cannot be opened or written         exit 3, HTTP 503
    |   `-- IndexBusy           another process is writing it
    `-- DeliveryError           a message of the digest was not handed over            exit 3, HTTP 502
        |-- ChannelDown         the mail server or webhook as a whole; nothing was tried
        |-- DeliveryLater       not now: it is tried again
        |-- DeliveryRefused     not this one, for good
        `-- DeliveryUncertain   nobody can tell whether it was taken; it is not repeated by itself

One place turns them into a page or JSON problem (`kb/web/problems.py`), one into an exit code (`kb/cli`).
"""


class KbError(Exception):
    """A failure with a sentence that can be shown to the person as it stands.

    `exit_code` is what the command line ends with, `status` what the web answers. A sentence with `values` has them as
    %(name)s, so that the web can say it in another language: NotFound("There is no review %(id)s.", id=12).
    """

    exit_code = 3
    status = 500

    def __init__(self, message: str = "", **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values


class UsageError(KbError):
    """The command, option or form was filled in wrong."""

    exit_code = 2
    status = 400


class SettingError(UsageError):
    """A setting's value cannot be used."""


class InvalidInput(UsageError):
    """A field of a form or record cannot be taken. `field` names it as the interchange does."""

    def __init__(self, message: str, field: str = "", **values: object) -> None:
        super().__init__(message, **values)
        self.field = field


class NotFound(KbError):
    """No such thing, or none that this member may know of."""

    status = 404


class NotAllowed(KbError):
    """This member may not do that."""

    status = 403


class Conflict(KbError):
    """Somebody else changed it meanwhile, or the name is taken."""

    status = 409


class LibraryError(KbError):
    """The library cannot be opened, read or written."""

    status = 503


class NoLibrary(LibraryError):
    """Nothing was made at that place yet."""


class LibraryTooNew(LibraryError):
    """The library was made by a newer kb."""


class LibraryBusy(LibraryError):
    """Another process held the write lock for too long."""


class SearchIndexError(KbError):
    """The search index cannot be opened or written. The library itself is unharmed."""

    status = 503


class IndexBusy(SearchIndexError):
    """Another process is writing the index just now."""


class DeliveryError(KbError):
    """A message of the digest was not handed over. `code` is what the other side answered, if it did."""

    status = 502

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class ChannelDown(DeliveryError):
    """The mail server or webhook cannot be used at all just now; nothing was sent to anybody."""


class DeliveryLater(DeliveryError):
    """The other side cannot take it now. `seconds` is how long it asks to wait, if it said so."""

    def __init__(self, message: str, code: int | None = None, seconds: float | None = None) -> None:
        super().__init__(message, code)
        self.seconds = seconds


class DeliveryRefused(DeliveryError):
    """The other side will not take this message, however often it is tried. `address` says that it is the address."""

    def __init__(self, message: str, code: int | None = None, *, address: bool = False) -> None:
        super().__init__(message, code)
        self.address = address


class DeliveryUncertain(DeliveryError):
    """The message was on its way when the answer got lost: it may have been taken, so it is not sent again by itself."""
