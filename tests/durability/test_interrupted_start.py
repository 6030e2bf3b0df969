"""Ctrl-C while the command is still being loaded."""

from __future__ import annotations

import fcntl
import signal
import subprocess
import sys

import pytest


def heeds_ctrl_c() -> None:
    """What is started in the background of a shell would leave it unheeded."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="only Linux lets a pipe be made so small")
def test_ctrl_c_before_the_command_has_begun_is_said_without_a_traceback() -> None:
    with subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "kb", "--version"],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, bufsize=0, preexec_fn=heeds_ctrl_c,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        fcntl.fcntl(process.stderr, fcntl.F_SETPIPE_SZ, 4096)  # it cannot go on loading while nobody reads what it says
        for line in process.stderr:
            if line.rstrip().endswith(b" click"):  # the first of the many parts of the command that are loaded
                process.send_signal(signal.SIGINT)
                break
        rest = process.stderr.read().decode()
        assert process.wait(30) == 3
    assert "kb: stopped." in rest
    assert "Traceback" not in rest
