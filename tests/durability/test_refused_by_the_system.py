"""What the machine does not give: a folder that may not be entered, a place for what is printed, a temporary folder."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.durability.killing import kill, made, run, start
from tests.durability.test_not_allowed import as_anybody, refused

_WITHOUT_TEMPORARY = """
import tempfile
from pathlib import Path
tempfile._candidate_tempdir_list = lambda: ["/nowhere"]
import sys
from kb.cli import main
sys.argv = ["kb", "--home", {home!r}, "serve", "--port", "0"]
main()
"""


def wait_until_it_answers(process: subprocess.Popen[str], address: str) -> None:
    while process.poll() is None:
        with suppress(OSError), urlopen(f"{address}/healthz"):  # noqa: S310 - our own server
            return
        time.sleep(0.1)
    raise AssertionError(process.communicate())


def locked(folder: Path) -> Path:
    """A folder that not even its owner may enter, as root's is for everybody else."""
    folder.mkdir(0o000)
    return folder


@pytest.mark.parametrize("words", [("doctor",), ("init",)])
def test_a_library_in_a_folder_that_may_not_be_entered_is_said_in_a_sentence(tmp_path: Path, words: tuple[str]) -> None:
    code, _, complaint = run(locked(tmp_path / "locked") / "library", *words, preexec_fn=as_anybody)
    assert (code, complaint.count("\n"), "chown" in complaint) == (2, 1, True), complaint


def test_a_backup_into_a_folder_that_may_not_be_entered_is_said_in_a_sentence(home: Path, tmp_path: Path) -> None:
    file = locked(tmp_path / "locked") / "backup.db"
    assert refused(made(home), "backup", str(file)) == f"kb: Permission denied: {file}\n"


def test_a_file_of_authorities_in_such_a_folder_is_a_setting_that_cannot_be_used(home: Path, tmp_path: Path) -> None:
    file = locked(tmp_path / "locked") / "ca.pem"
    code, _, complaint = run(made(home), "doctor", env={**os.environ, "KB_SMTP_CA": str(file)}, preexec_fn=as_anybody)
    assert (code, complaint.startswith("kb: KB_SMTP_CA is "), complaint.count("\n")) == (2, True, 1), complaint


def test_the_home_of_nobody_is_said_in_a_sentence() -> None:
    code, _, complaint = run(Path("~nobody-of-that-name/library"), "init")
    assert (code, complaint.startswith("kb: There is no such user: "), complaint.count("\n")) == (2, True, 1), complaint


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_where_the_output_goes_is_said_in_a_sentence(home: Path) -> None:
    with open("/dev/full", "w") as full, subprocess.Popen(
        [sys.executable, "-m", "kb", "--home", str(made(home)), "doctor"], stdout=full, stderr=subprocess.PIPE, text=True
    ) as process:  # fmt: skip
        complaint = process.communicate(timeout=60)[1]
    assert (process.returncode, complaint) == (3, "kb: No space left on device.\n")


def test_a_server_without_a_temporary_folder_does_not_start(home: Path) -> None:
    code = _WITHOUT_TEMPORARY.format(home=str(made(home)))
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, "TMPDIR" in ended.stderr, ended.stderr.count("\n")) == (3, True, 1), ended.stderr


def test_a_server_can_be_commanded_by_nobody_through_the_home_folder_of_who_runs_it(home: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    environ = {**os.environ, "HOME": str(mine), "XDG_RUNTIME_DIR": str(mine)}
    process = start(made(home), "serve", "--port", "0", env=environ)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[4]
        wait_until_it_answers(process, address)
        assert list(mine.iterdir()) == []
    finally:
        kill(process)


@pytest.mark.parametrize("given", [("--host", ""), ()])
def test_no_address_is_not_taken_for_every_address(home: Path, given: tuple[str, ...]) -> None:
    environ = {**os.environ} | ({} if given else {"KB_HOST": ""})
    code, said, complaint = run(made(home), "serve", "--port", "0", *given, env=environ)
    assert (code, said, "0.0.0.0" in complaint) == (2, "", True), complaint  # noqa: S104 - the sentence names it


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="Windows has no such device")
def test_a_device_is_brought_back_as_no_backup(home: Path) -> None:
    code, _, complaint = run(made(home), "restore", "--yes", "/dev/zero")
    assert (code, complaint) == (2, "kb: /dev/zero is no file. Name the file of a backup.\n")


def test_a_password_that_nobody_can_type_is_refused(home: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "kb", "--home", str(made(home)), "member", "add", "ada@example.com",
         "--role", "reader", "--password-stdin"],
        input=b"\xff\xfe a long password", capture_output=True, timeout=60,
    )  # fmt: skip
    assert (process.returncode, process.stderr.count(b"\n")) == (2, 1), process.stderr


def test_commands_to_copy_name_a_folder_with_blanks_as_a_shell_takes_it(tmp_path: Path) -> None:
    home, file, folder = tmp_path / "a library", tmp_path / "a backup.db", tmp_path / "an export"
    assert f"kb --home '{home}' init" in run(home, "doctor")[2]
    made(home)
    assert f"kb restore '{file}'" in run(home, "backup", str(file))[1]
    assert f"kb ingest '{folder}'" in run(home, "export", str(folder))[1]
