"""The command `diemtua` as people use it: real processes, their words, exit codes and what they leave."""

import http.client
import http.cookiejar
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from diemtua.testing.server import ScratchServer, free_port

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def served() -> Iterator[ScratchServer]:
    """A demonstration whose server tests may stop, start and kill."""
    with ScratchServer(fresh=True) as server:
        yield server


@pytest.fixture
def running(served: ScratchServer) -> ScratchServer:
    return served if served.answers() else served.start()


def diemtua(*arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "diemtua.cli.main", *arguments],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def one_sentence(done: "subprocess.CompletedProcess[str]", *words: str, code: int = 3) -> None:
    """It failed as it should: one line on stderr with these words, and no traceback."""
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


def processes_of(server: ScratchServer) -> list[int]:
    """Every process whose environment names the server's folder."""
    mark = f"DIEMTUA_VAR={server.var}\0".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def memory_mb(pid: int) -> float:
    """Memory of a process in MB, what is shared counted by its share."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def open_link(server: ScratchServer, link: str) -> tuple[int, str]:
    """Follow a sign-in link as a person does: open it, press its button. (status, address) at the end."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    try:
        page = opener.open(link).read().decode()
        form = page[page.index("<form", page.index("<main")) :]
        fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
        answer = opener.open(link, urllib.parse.urlencode(fields).encode())
    except urllib.error.HTTPError as error:
        return error.code, link
    return answer.status, answer.geturl()


# --- up -------------------------------------------------------------------------------------------


def test_the_link_of_the_first_start_works_once(running: ScratchServer) -> None:
    links = re.findall(r"http://\S+sesame=\S+", running.log())
    assert links, running.log()
    assert links[0].startswith(running.base_url)
    status, address = open_link(running, links[0])
    assert (status, urllib.parse.urlsplit(address).path) == (200, "/desk/")
    assert open_link(running, links[0])[0] == 410


def test_a_second_start_does_nothing_needless(running: ScratchServer) -> None:
    running.stop()
    said = len(running.log())
    running.start()
    again = running.log()[said:]
    assert "Preparing" not in again
    assert "Placing" not in again
    assert "Loading" not in again
    assert "is up" in again


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("whom", ["server", "group"])
def test_it_stops_cleanly(running: ScratchServer, how: int, whom: str) -> None:
    """Ctrl+C in a terminal reaches the whole group; an administrator's kill reaches one process."""
    process = running.process
    assert process is not None
    if whom == "group":
        os.killpg(process.pid, how)
        assert process.wait(20) == 0
    else:
        assert running.stop(how) == 0
    assert running.log().rstrip().endswith("Stopped.")
    assert processes_of(running) == []


def test_a_killed_server_leaves_no_orphans(running: ScratchServer) -> None:
    assert running.process is not None
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    end = time.monotonic() + 5
    while (left := processes_of(running)) and time.monotonic() < end:
        time.sleep(0.05)
    assert left == []


def test_memory_of_all_its_processes(running: ScratchServer) -> None:
    for path in ("/healthz", "/desk/", "/account/login/") * 5:
        urllib.request.urlopen(running.base_url + path).read()
    assert sum(memory_mb(pid) for pid in processes_of(running)) < 300


def test_a_port_in_use(running: ScratchServer) -> None:
    done = running.run("up", "--port", str(running.port), check=False)
    one_sentence(done, str(running.port), "PORT")
    assert running.answers()


def test_only_known_hosts_are_answered(running: ScratchServer) -> None:
    def status(host: str) -> int:
        connection = http.client.HTTPConnection(running.host, running.port)
        connection.request("GET", "/account/login/", headers={"Host": host})
        return connection.getresponse().status

    assert status(f"127.0.0.1:{running.port}") == 200
    assert status("evil.example") == 400


# --- what is wrong is said in one sentence --------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://somebody@nowhere/x", "DATABASE_URL"),
        ("nonsense", "DATABASE_URL"),
        ("sqlite:////nowhere/at/all.sqlite3", "DATABASE_URL"),
        ("postgres://nobody@127.0.0.1:1/none", "DATABASE_URL"),
    ],
)
@pytest.mark.parametrize("command", [["up"], ["backup", "x.zip"], ["login-link", "admin"]])
def test_a_database_that_does_not_answer(tmp_path: Path, url: str, words: str, command: list[str]) -> None:
    done = diemtua(*command, DATABASE_URL=url, DIEMTUA_VAR=str(tmp_path), PORT=str(free_port()))
    assert done.returncode in (2, 3)
    one_sentence(done, words, code=done.returncode)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = diemtua("up", DIEMTUA_VAR=str(tmp_path / "file" / "var"), DATABASE_URL="", PORT=str(free_port()))
    one_sentence(done, "DIEMTUA_VAR")


def test_a_port_that_is_none() -> None:
    done = diemtua("up", "--port", "80000")
    assert done.returncode == 2
    assert "80000" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_newer_than_the_program(running: ScratchServer) -> None:
    running.stop()
    add = "INSERT INTO django_migrations (app, name, applied) VALUES ('register', '9999_later', '2030-01-01')"
    sql(running, add)
    try:
        for command in (["up"], ["load"], ["backup", "x.zip"], ["export", "parties"], ["doctor"]):
            done = running.run(*command, check=False, timeout=60)
            assert done.returncode == 3
            assert "newer than this program" in done.stdout + done.stderr
            assert "Traceback" not in done.stderr
    finally:
        sql(running, "DELETE FROM django_migrations WHERE name = '9999_later'")


def sql(server: ScratchServer, statement: str) -> None:
    """Do something to the database behind the program's back."""
    if server.database_url.startswith("sqlite"):
        with sqlite3.connect(server.var / "diemtua.sqlite3") as connection:
            connection.execute(statement)
        connection.close()
        return
    import psycopg

    with psycopg.connect(server.database_url, autocommit=True) as postgres:
        postgres.execute(statement.encode())


def test_a_command_before_the_first_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    for command in (["export", "parties"], ["login-link", "admin"], ["backup", str(tmp_path / "x.zip")]):
        one_sentence(diemtua(*command, DATABASE_URL=url, DIEMTUA_VAR=str(tmp_path)), "diemtua up")
    assert not (tmp_path / "x.zip").exists()


def test_front_end_libraries_missing(tmp_path: Path) -> None:
    """A checkout on which `make up` was never run."""
    import diemtua as package

    code = Path(package.__file__).parent
    copy = tmp_path / "code" / "diemtua"
    shutil.copytree(code, copy, ignore=shutil.ignore_patterns("vendor", "__pycache__", "tests", "*.mo"))
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from diemtua.cli.main import main; sys.exit(main())", "up"],
        env={
            **os.environ,
            "PYTHONPATH": str(copy.parent),
            "DIEMTUA_VAR": str(tmp_path / "var"),
            "DATABASE_URL": "",
            "PORT": str(free_port()),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert done.stderr.startswith("diemtua: The front-end libraries are not in place.")


# --- the other commands ---------------------------------------------------------------------------


def test_help_for_a_newcomer() -> None:
    shown = diemtua("--help").stdout
    for word in (
        "up",
        "load",
        "import",
        "export",
        "login-link",
        "backup",
        "restore",
        "doctor",
        "DATABASE_URL",
        "DIEMTUA_HOSTS",
        "examples",
    ):
        assert word in shown
    for command in ("up", "load", "import", "export", "login-link", "backup", "restore", "doctor"):
        assert diemtua(command, "--help").returncode == 0


def test_names_that_are_not_there(running: ScratchServer) -> None:
    one_sentence(running.run("login-link", "nobody-here", check=False), "nobody-here", code=1)
    one_sentence(running.run("export", "nothing", check=False), "parties", code=2)
    one_sentence(running.run("import", "parties", "missing.xlsx", check=False), "missing.xlsx", code=2)


def test_export_and_import_of_a_register(running: ScratchServer, tmp_path: Path) -> None:
    shown = running.run("export", "parties").stdout
    assert "Xay Nhạ Bu Ly" in shown
    for form in ("csv", "xlsx", "json"):
        target = tmp_path / f"parties.{form}"
        running.run("export", "parties", "--format", form, "--output", str(target))
        assert target.stat().st_size > 500
    again = running.run("import", "parties", str(tmp_path / "parties.csv"), "--check", check=False)
    assert " 0 new" in again.stdout, again.stdout + again.stderr

    sheet = tmp_path / "new.csv"
    sheet.write_text(
        "Tên,Loại,Quốc gia\nCông ty Thử nghiệm Một,Doanh nghiệp,Nhật Bản\n"
        "Công ty Thử nghiệm Hai,Không có loại này,Nhật Bản\n"
    )
    wrong = running.run("import", "parties", str(sheet), "--failed", str(tmp_path / "mend.xlsx"), check=False)
    assert wrong.returncode == 1, wrong.stdout + wrong.stderr
    assert "1 wrong" in wrong.stdout
    assert "Nothing was saved." in wrong.stdout
    assert (tmp_path / "mend.xlsx").stat().st_size > 500
    some = running.run("import", "parties", str(sheet), "--only-valid", check=False)
    assert "1 made" in some.stdout, some.stdout + some.stderr
    assert "Công ty Thử nghiệm Một" in running.run("export", "parties").stdout


def test_a_file_that_lies(running: ScratchServer, tmp_path: Path) -> None:
    sheet = tmp_path / "lie.xlsx"
    sheet.write_bytes(b"\x00\x01\x02 no workbook at all")
    one_sentence(running.run("import", "parties", str(sheet), check=False), code=1)


def test_doctor_finds_nothing_wrong(running: ScratchServer) -> None:
    done = running.run("doctor", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All is well." in done.stdout
