"""Real servers for tests: their own process, port, folder and database, to be used, stopped and killed."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from diemtua.testing import sqlite
from diemtua.testing.postgres import is_postgres, scratch_database

# The folder of a server on which the demonstration was loaded, and its database where that is PostgreSQL's: to load
# it takes half a minute, and many tests want one.
PROVINCE, PROVINCE_DATABASE = "DIEMTUA_TEST_PROVINCE", "DIEMTUA_TEST_PROVINCE_DATABASE"

# Given to tests by whoever runs them; a scratch server has its own.
NOT_INHERITED = {
    "DATABASE_URL",
    "DIEMTUA_VAR",
    "HOST",
    "PORT",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
    "PYTEST_CURRENT_TEST",
    # A person's machine keeps compiled modules. Without them each process spends a second on compiling ours.
    "PYTHONDONTWRITEBYTECODE",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ScratchServer:
    """`diemtua up` on a scratch database: PostgreSQL when the tests run on PostgreSQL, else SQLite.

    with ScratchServer() as server:  # the demonstration; ScratchServer(empty=True): an empty register
        server.base_url, server.login_link("officer"), server.run("export", "partner")
        server.kill(), server.start(), server.stop()

    Where the tests have a loaded province already (PROVINCE), it begins with a copy of that; `fresh` begins with
    no database at all, as a newcomer does. `made_from` names the database of PostgreSQL to copy.
    """

    def __init__(
        self,
        *,
        empty: bool = False,
        fresh: bool = False,
        database: str | None = None,
        made_from: str | None = None,
        env: dict[str, str] | None = None,
        wait: float = 180,
        workers: int = 1,
    ) -> None:
        self.empty, self.wait, self.workers = empty, wait, workers
        self.host, self.port = "127.0.0.1", free_port()
        self.base_url = f"http://{self.host}:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self._stack = ExitStack()
        self.var = Path(tempfile.mkdtemp(prefix="diemtua-scratch-"))
        self._stack.callback(shutil.rmtree, self.var, ignore_errors=True)
        self.log_path = self.var / "server.log"
        server = os.environ.get("DATABASE_URL", "") if database is None else database
        self.database_url = f"sqlite:///{self.var / 'diemtua.sqlite3'}"
        province = "" if empty or fresh else os.environ.get(PROVINCE, "")
        if province:
            shutil.copytree(province, self.var, dirs_exist_ok=True, ignore=shutil.ignore_patterns("server.log"))
        if is_postgres(server):
            loaded = made_from or (os.environ.get(PROVINCE_DATABASE, "") if province else "")
            self.database_url = self._stack.enter_context(scratch_database(server, None if fresh else loaded))
        elif not province and not fresh:
            shutil.copy(sqlite.template(), self.var / "diemtua.sqlite3")
        self.env = {key: value for key, value in os.environ.items() if key not in NOT_INHERITED}
        self.env |= {"DIEMTUA_VAR": str(self.var), "DATABASE_URL": self.database_url, "PYTHONUNBUFFERED": "1"}
        self.env |= {"HOST": self.host, "PORT": str(self.port), **(env or {})}

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> Self:
        """Start (again) and wait until it answers."""
        command = [
            sys.executable,
            "-m",
            "diemtua.cli.main",
            "up",
            "--host",
            self.host,
            "--port",
            str(self.port),
            "--workers",
            str(self.workers),
        ]
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                command + ["--empty"] * self.empty,
                cwd=self.var,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + self.wait
        while not self.answers():
            if self.process.poll() is not None:
                raise RuntimeError(f"The server ended with code {self.process.returncode}:\n{self.log()[-4000:]}")
            if time.monotonic() > end:
                self.kill()
                raise RuntimeError(f"The server did not answer in {self.wait} s:\n{self.log()[-4000:]}")
            time.sleep(0.05)
        return self

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base_url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.HTTPError):
            return False

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def popen(self, *arguments: str) -> subprocess.Popen[str]:
        """`diemtua …` on this server's folder and database, left running: for tests that kill it."""
        return subprocess.Popen(
            [sys.executable, "-m", "diemtua.cli.main", *arguments],
            cwd=self.var,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, check: bool = True, timeout: float = 300) -> "subprocess.CompletedProcess[str]":
        """`diemtua …` on this server's folder and database, to its end."""
        process = self.popen(*arguments)
        try:
            out, err = process.communicate(timeout=timeout)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise
        if check and process.returncode:
            raise RuntimeError(f"diemtua {' '.join(arguments)} ended with {process.returncode}:\n{out}\n{err}")
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def login_link(self, username: str) -> str:
        """A one-time sign-in link for this user, at this server's address."""
        out = self.run("login-link", username).stdout
        links = re.findall(r"https?://\S+", out)
        if not links:
            raise RuntimeError(f"diemtua login-link {username} printed no link:\n{out}")
        return urlunsplit(urlsplit(links[-1])._replace(scheme="http", netloc=f"{self.host}:{self.port}"))

    def kill(self) -> None:
        """As a power cut would: no process of the server has a chance to tidy up."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self, how: int = signal.SIGTERM, seconds: float = 20) -> int:
        """As an administrator would; gives the exit code."""
        if self.process is None:
            raise RuntimeError("The server was never started.")
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
                raise RuntimeError(f"The server did not stop in {seconds} s:\n{self.log()[-4000:]}") from None
        return int(self.process.returncode)

    def close(self) -> None:
        self.kill()
        self._stack.close()
