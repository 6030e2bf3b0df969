"""Ctrl-C while the command is still being loaded."""

from __future__ import annotations

import signal
import subprocess
import sys


def test_ctrl_c_before_the_command_has_begun_is_said_without_a_traceback() -> None:
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "kb", "--version"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.rstrip().endswith(b" click"):  # the first of the many parts of the command that are loaded
            process.send_signal(signal.SIGINT)
            break
    rest = process.stderr.read().decode()
    assert process.wait(30) == 3
    assert "kb: stopped." in rest
    assert "Traceback" not in rest
    process.stderr.close()
