"""What -o does to an existing path: a file is replaced whole, a link stays, anything else is written to."""

import os
import stat
import subprocess
import sys
import threading

import pytest

ROOT = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
COMMANDS = {
    "csv": ["gpt3-xl", "--format", "csv"],
    "pdf": ["plot", "share", "gpt3-xl"],
    "json": ["solve", "--params", "1B", "--emit", "hf"],
}
STARTS = {"csv": b"table,name,formula", "pdf": b"%PDF", "json": b"{"}


@pytest.mark.parametrize("suffix", COMMANDS)
def test_a_link_stays_and_what_it_leads_to_is_replaced(run, tmp_path, suffix):
    (tmp_path / "far").mkdir()
    target, middle, link = tmp_path / "far" / "target", tmp_path / "far" / "middle", tmp_path / f"link.{suffix}"
    target.write_text("precious")
    target.chmod(0o640)
    middle.symlink_to("target")  # read from where the link is, not from here
    link.symlink_to("far/middle")
    before = target.stat().st_ino
    assert run(*COMMANDS[suffix], "-o", str(link)).exit_code == 0
    assert os.readlink(link) == "far/middle"
    assert os.readlink(middle) == "target"
    assert target.read_bytes().startswith(STARTS[suffix])
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert target.stat().st_ino != before  # whole: a new file in its place
    assert sorted(os.listdir(tmp_path / "far")) == ["middle", "target"]


def test_a_link_to_nothing_makes_what_it_leads_to(run, tmp_path):
    link = tmp_path / "link.csv"
    link.symlink_to("new.csv")
    assert run("gpt3-xl", "-o", str(link)).exit_code == 0
    assert link.is_symlink()
    assert (tmp_path / "new.csv").read_bytes().startswith(b"table,name,formula")


def test_a_circle_of_links_is_one_line(run, tmp_path):
    link = tmp_path / "link.csv"
    link.symlink_to("link.csv")
    refused = run("gpt3-xl", "-o", str(link))
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert link.is_symlink()


@pytest.mark.parametrize("suffix", COMMANDS)
def test_a_pipe_is_written_to_and_stays_one(run, tmp_path, suffix):
    pipe = tmp_path / f"pipe.{suffix}"
    os.mkfifo(pipe)
    got = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    assert run(*COMMANDS[suffix], "-o", str(pipe)).exit_code == 0
    reader.join()
    assert got[0].startswith(STARTS[suffix])
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert os.listdir(tmp_path) == [pipe.name]


def test_a_terminal_is_written_to(run, tmp_path):
    read_end, write_end = os.openpty()
    link = tmp_path / "terminal.csv"
    link.symlink_to(os.ttyname(write_end))
    assert run("gpt3-xl", "-o", str(link)).exit_code == 0
    assert os.read(read_end, 18) == b"table,name,formula"
    assert stat.S_ISCHR(link.stat().st_mode)


@ROOT
@pytest.mark.parametrize("suffix", COMMANDS)
def test_a_full_device_stays_and_is_one_line(run, tmp_path, suffix):
    """A copy of /dev/full in a temporary folder: whatever goes wrong, the machine's own is not touched."""
    full = tmp_path / f"full.{suffix}"
    try:
        os.mknod(full, 0o600 | stat.S_IFCHR, os.makedev(1, 7))
        full.write_bytes(b"")
    except OSError:
        pytest.skip("no devices may be made here")
    refused = run(*COMMANDS[suffix], "-o", str(full))
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert "No space left on device" in refused.stderr
    assert stat.S_ISCHR(full.stat().st_mode)
    assert os.listdir(tmp_path) == [full.name]


@ROOT
def test_the_owner_is_kept(run, tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("precious")
    os.chown(path, 12345, 54321)
    path.chmod(0o4755)
    assert run("gpt3-xl", "-o", str(path)).exit_code == 0
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 54321)
    assert stat.S_IMODE(path.stat().st_mode) == 0o4755
    assert path.read_bytes().startswith(b"table,name,formula")


def test_a_new_file_has_the_mode_that_any_has(run, tmp_path):
    assert run("gpt3-xl", "-o", str(tmp_path / "out.csv")).exit_code == 0
    (tmp_path / "any").touch()
    assert (tmp_path / "out.csv").stat().st_mode == (tmp_path / "any").stat().st_mode


def test_a_folder_is_one_line(run, tmp_path):
    (tmp_path / "folder.csv").mkdir()
    refused = run("gpt3-xl", "-o", str(tmp_path / "folder.csv"))
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert "valid: a file, not a folder" in refused.stderr
    assert os.listdir(tmp_path / "folder.csv") == []


def test_a_stream_by_name_is_written_behind_what_is_there(tmp_path):
    """As with -o /dev/stdout >> log, through a link of the test's own, so that a fault can't replace another."""
    if not os.path.exists("/proc/self/fd"):
        pytest.skip("no /proc here")
    log, link = tmp_path / "log", tmp_path / "stdout"
    log.write_text("before\n")
    link.symlink_to("/proc/self/fd/1")
    with log.open("a") as stream:
        command = [sys.executable, "-m", "paramcount", "gpt3-xl", "--format", "csv", "-o", str(link)]
        subprocess.run(command, stdout=stream, check=True)
    assert log.read_text().startswith("before\ntable,name,formula")
    assert os.readlink(link) == "/proc/self/fd/1"


@pytest.mark.parametrize("suffix", COMMANDS)
def test_a_disk_that_fills_up_leaves_the_old_file_and_nothing_beside_it(tmp_path, suffix):
    resource = pytest.importorskip("resource")
    path = tmp_path / f"out.{suffix}"
    path.write_text("precious")
    command = [sys.executable, "-B", "-m", "paramcount", *COMMANDS[suffix], "-o", str(path)]

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "File too large" in done.stderr
    assert path.read_text() == "precious"
    assert os.listdir(tmp_path) == [path.name]
