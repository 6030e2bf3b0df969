"""The folder of a library, or a file in it, belongs to another user."""

from __future__ import annotations

import ctypes
from pathlib import Path

from tests.durability.killing import finished, made, start

_DROP = 24  # PR_CAPBSET_DROP of <linux/prctl.h>
_RIGHTS_OF_ROOT = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: without them root may do what anybody may


def as_anybody() -> None:
    for right in _RIGHTS_OF_ROOT:
        ctypes.CDLL(None).prctl(_DROP, right, 0, 0, 0)


def refused(home: Path, *words: str) -> str:
    """What a command complains of that ends with 3, in one sentence or two on one line."""
    code, _, complaint = finished(start(home, *words, preexec_fn=as_anybody))
    assert (code, complaint.count("\n")) == (3, 1), complaint
    return complaint


def test_a_library_s_folder_is_made_for_its_owner_alone(home: Path) -> None:
    assert made(home).stat().st_mode & 0o777 == 0o700


def test_a_library_that_may_not_be_written_is_said_with_the_way_out(home: Path) -> None:
    made(home)
    (home / "library.db").chmod(0o444)
    home.chmod(0o555)
    try:
        assert "chown" in refused(home, "search", "clock")
    finally:
        home.chmod(0o755)


def test_a_secret_that_may_not_be_read_is_said_before_anything_is_served(home: Path) -> None:
    made(home)
    (home / "secret_key").touch(0o000)
    assert "KB_SECRET_KEY" in refused(home, "serve", "--port", "0")


def test_a_secret_that_cannot_be_made_leaves_nothing_behind(home: Path) -> None:
    made(home)
    (home / "secret_key").symlink_to(home / "nowhere")
    refused(home, "serve", "--port", "0")
    assert not list(home.glob("secret_key.*"))
