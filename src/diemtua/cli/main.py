"""The command `diemtua`: bring the product up, move data in and out, keep it safe.

Every command ends with 0 when it did what it says, 1 when data were refused, 2 when the call was wrong,
3 when the machine or the database is not as it must be; and says so in one sentence.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path


class Problem(Exception):
    """Something the person can mend; the sentence says what. `code` is the exit code."""

    def __init__(self, sentence: str, code: int = 3) -> None:
        super().__init__(sentence)
        self.code = code


def say(sentence: str) -> None:
    print(sentence, flush=True)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="diemtua",
        description="Điểm Tựa: a province's external relations as one chain with proof.",
        epilog="Settings come from the environment: DATABASE_URL, HOST, PORT, DIEMTUA_VAR, DIEMTUA_HOSTS, "
        "DIEMTUA_HOME. `diemtua COMMAND --help` explains a command.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    up = commands.add_parser("up", help="prepare the database, load what is missing and serve")
    up.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"), help="address to listen on (HOST)")
    up.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"), help="port to listen on (PORT)")
    up.add_argument("--empty", action="store_true", help="without the demonstration province")
    up.add_argument("--workers", type=int, default=1, help="server processes (default 1)")

    load = commands.add_parser("load", help="load reference data and, unless told not to, the demonstration")
    load.add_argument("--no-demo", action="store_true", help="reference data only")

    imp = commands.add_parser("import", help="bring in a spreadsheet: diemtua import parties list.xlsx --check")
    imp.add_argument("kind", help="register, for example parties, instruments, engagements")
    imp.add_argument("file", type=Path)
    imp.add_argument("--check", action="store_true", help="say what would happen, save nothing")
    imp.add_argument("--user", default="", help="in whose name (default: the system)")
    imp.add_argument("--update", action="store_true", help="update records that are there already")

    exp = commands.add_parser("export", help="write a register to the standard output or a file")
    exp.add_argument("kind", help="register, for example parties")
    exp.add_argument("--format", choices=["csv", "xlsx", "json"], default="csv")
    exp.add_argument("--output", type=Path, default=None, help="file (default: standard output)")
    exp.add_argument("--user", default="", help="what this user may see (default: everything)")

    link = commands.add_parser("login-link", help="print a one-time sign-in link for a user")
    link.add_argument("user", help="user name; `admin` is made by the first start")
    link.add_argument("--base-url", default="", help="address people use (default: HOST and PORT)")

    backup = commands.add_parser("backup", help="write everything to one file; the server may go on")
    backup.add_argument("path", type=Path)

    restore = commands.add_parser("restore", help="bring a backup back")
    restore.add_argument("path", type=Path)
    restore.add_argument("--force", action="store_true", help="replace a database that holds records")

    doctor = commands.add_parser("doctor", help="check the machine, the database and the files")
    doctor.add_argument("--mend", action="store_true", help="rebuild what can be rebuilt")
    return top


def start_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diemtua.config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except (ImproperlyConfigured, ValueError) as error:
        raise Problem(f"The settings cannot be read: {error}. Check DATABASE_URL and the other variables.") from error
    except OSError as error:
        raise Problem(f"The folder for data cannot be written: {error}. Set DIEMTUA_VAR to one that can.") from error


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    if sys.version_info < (3, 11):
        print("diemtua: Python 3.11 or newer is needed.", file=sys.stderr)
        return 3
    try:
        start_django()
        from . import commands

        return commands.run(arguments)
    except Problem as problem:
        print(f"diemtua: {problem}", file=sys.stderr)
        return problem.code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
