"""The command `diemtua`: bring the product up, move data in and out, keep it safe.

Every command ends with 0 when it did what it says, 1 when data were refused, 2 when the call was wrong,
3 when the machine or the database is not as it must be; and says so in one sentence.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from diemtua.cli.words import Problem, first_line

EXAMPLES = """\
examples:
  diemtua up                                   serve on http://127.0.0.1:8000 and print a sign-in link
  diemtua up --empty --host 0.0.0.0 --port 80  a register of your own, for the whole office
  diemtua import parties partners.xlsx --check say what would happen to every row, save nothing
  diemtua read article.html --propose          facts with their sentences, for an officer to accept
  diemtua backup /media/usb/today.zip          everything in one file, while the server goes on

settings, from the environment:
  DATABASE_URL   postgres://user:password@host/name (default: a file in DIEMTUA_VAR)
  DIEMTUA_VAR    folder of everything the program writes (default: ./var)
  DIEMTUA_HOSTS  names under which people reach the server, parted by commas (default: this machine only)
  DIEMTUA_PROXIES  addresses of the proxies before the server, parted by commas (default: none)
  DIEMTUA_HOME   the province whose register this is (default: Thái Bình)
  HOST, PORT     where to listen (default: 127.0.0.1 and 8000)

`diemtua COMMAND --help` explains a command.
"""


def port_number(text: str) -> int:
    """A port to listen on; argparse shows the sentence."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port; choose a number from 1024 to 65535")
    return int(text)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="diemtua",
        description="Điểm Tựa: a province's external relations as one chain with proof.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str, more: str = "") -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=text,
            description=f"{text[0].upper()}{text[1:]}. {more}".strip(),
        )

    up = command(
        "up",
        "prepare the database, load what is missing and serve",
        "Ctrl+C stops it. A second start changes nothing that it need not.",
    )
    up.add_argument(
        "--host",
        default=os.environ.get("HOST") or "127.0.0.1",
        help="address to listen on; 0.0.0.0 for every one of this machine (HOST, now %(default)s)",
    )
    up.add_argument(
        "--port",
        type=port_number,
        default=os.environ.get("PORT") or "8000",
        help="port to listen on (PORT, now %(default)s)",
    )
    up.add_argument("--empty", action="store_true", help="without the demonstration province")
    up.add_argument(
        "--workers", type=int, default=1, help="server processes; one serves a province (default %(default)s)"
    )

    load = command("load", "load reference data and, unless told not to, the demonstration")
    load.add_argument("--no-demo", action="store_true", help="reference data only")

    imp = command(
        "import", "bring in a spreadsheet", "Nothing is saved when a row is wrong, unless --only-valid says so."
    )
    imp.add_argument("kind", help="register: parties, instruments, commitments, engagements, …")
    imp.add_argument("file", type=Path, help="Excel (.xlsx) or CSV; the first row with headings is found by itself")
    imp.add_argument("--check", action="store_true", help="say what would happen, save nothing")
    imp.add_argument("--only-valid", action="store_true", help="import the rows that are right, leave the others")
    imp.add_argument("--enter-names", action="store_true", help="enter companies that rows only name, then the rows")
    imp.add_argument("--failed", type=Path, default=None, metavar="FILE", help="write the wrong rows here, to mend")
    imp.add_argument("--update", action="store_true", help="update records that are there already")
    imp.add_argument("--user", default="", help="in whose name (default: the system)")

    news = command(
        "import-news",
        "bring in an archive of articles: saved pages or a table",
        "Days, counts of views and old addresses are kept. Nothing is saved when one is wrong, unless --only-valid.",
    )
    news.add_argument("archive", type=Path, help="folder or ZIP of HTML pages, or a CSV with title, published, body, …")
    news.add_argument("--section", default="", help="section for articles that name none")
    news.add_argument("--language", default="vi", choices=["vi", "en", "ko", "zh-hans", "ja"])
    news.add_argument("--check", action="store_true", help="say what is wrong, save nothing")
    news.add_argument("--only-valid", action="store_true", help="bring in those that are right, leave the others")
    news.add_argument("--user", default="", help="in whose name (default: the system)")

    exp = command("export", "write a register to the standard output or a file")
    exp.add_argument("kind", help="register: parties, instruments, commitments, engagements, …")
    exp.add_argument("--format", choices=["csv", "xlsx", "json"], default="csv")
    exp.add_argument("--output", type=Path, default=None, help="file (default: standard output)")
    exp.add_argument("--user", default="", help="what this user may see (default: everything)")

    read = command(
        "read",
        "print what is said in papers and pages: who, where, what, when, and between whom",
        "Nothing is written unless --propose is given.",
    )
    read.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="TXT, DOCX, PDF with text, XLSX or HTML; .jsonl with one {id, text} a line; - for the standard input",
    )
    read.add_argument("--json", action="store_true", help="one JSON object a document, a line each")
    read.add_argument("--home", default="", metavar="PROVINCE", help="whose paper it is (default: as the text shows)")
    read.add_argument(
        "--published", default="", metavar="DAY", help="the day it speaks from, as 18/07/2023 (default: as it shows)"
    )
    read.add_argument(
        "--propose", action="store_true", help="store the files as documents and what is found for officers to decide"
    )
    read.add_argument("--user", default="", help="with --propose: in whose name (default: the system)")

    command(
        "labels",
        "print what officers decided on proposals, as labels to learn from",
        "One JSON object a document; documents restricted to a unit are left out.",
    )

    link = command("login-link", "print a one-time sign-in link for a user", "It is good for a day.")
    link.add_argument("user", help="user name; `admin` is made by the first start")
    link.add_argument("--base-url", default="", help="address people use (default: HOST and PORT)")

    backup = command(
        "backup",
        "write everything to one file; the server may go on",
        "The file holds every record, also restricted ones: keep it where only you can read it.",
    )
    backup.add_argument("path", type=Path, help="file to write; one of this name is replaced")

    restore = command(
        "restore",
        "bring a backup back, on either database engine",
        "Every checksum is verified first; the database is as before or whole, never half.",
    )
    restore.add_argument("path", type=Path, help="file that `diemtua backup` wrote")
    restore.add_argument("--force", action="store_true", help="replace a database that holds records")

    doctor = command("doctor", "check the machine, the database and the files")
    doctor.add_argument("--mend", action="store_true", help="rebuild what can be rebuilt")
    return top


def start_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diemtua.config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    gc.disable()  # nothing that is being loaded is waste; to look for it took a tenth of the start
    try:
        django.setup()
    except (ImproperlyConfigured, ValueError) as error:
        raise Problem(
            f"The settings cannot be read: {first_line(error)} Check DATABASE_URL and the other variables."
        ) from error
    except OSError as error:
        raise Problem(f"The folder for data cannot be written: {error}. Set DIEMTUA_VAR to one that can.") from error
    finally:
        gc.freeze()
        gc.enable()


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    if sys.version_info < (3, 11):  # noqa: UP036 - a clear sentence where pip did not stop it
        print("diemtua: Python 3.11 or newer is needed.", file=sys.stderr)
        return 3
    try:
        start_django()
        from . import commands

        return commands.run(arguments)
    except Problem as problem:
        print(f"diemtua: {problem}", file=sys.stderr)
        return problem.code
    except BrokenPipeError:  # `diemtua export parties | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("diemtua: stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
