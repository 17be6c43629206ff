"""What each command does."""

from __future__ import annotations

import argparse
import hashlib
import socket
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from diemtua.register.models import Record, Role, User
from diemtua.register.screens import Screen, all_screens

from . import backup, database
from .main import Problem, say


def run(arguments: argparse.Namespace) -> int:
    """Dispatch; returns the exit code."""
    name = arguments.command.replace("-", "_")
    with translation.override(settings.LANGUAGE_CODE):
        return globals()[f"do_{name}"](arguments) or 0


# --- up -------------------------------------------------------------------------------------------


def do_up(arguments: argparse.Namespace) -> int:
    port_is_free(arguments.host, arguments.port)
    database.connect()
    database.migrate()
    place_static_files()
    first_start = not User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists()
    load_reference()
    if not arguments.empty and not Record.objects.exists():
        load_demonstration()
    admin = first_administrator() if first_start else None
    serve(arguments, admin)
    return 0


def port_is_free(host: str, port: int) -> None:
    """Raise Problem when the address cannot be listened on."""
    if not 1 <= int(port) <= 65535:
        raise Problem(f"{port} is no port. Choose one from 1024 to 65535 with PORT.", 2)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            raise Problem(f"Port {port} on {host} cannot be used ({error.strerror}). "
                          "Stop what uses it, or choose another with PORT.") from error


def place_static_files() -> None:
    """Collect and compress static files when they have changed since the last start."""
    source = settings.PACKAGE / "static"
    if not (source / "vendor" / "tabler.min.css").exists():
        raise Problem("The front-end libraries are not in place. Run `make up` (or `make assets`) once.")
    stamp = hashlib.sha256()
    for path in sorted(source.rglob("*")):
        if path.is_file():
            found = path.stat()
            stamp.update(f"{path.relative_to(source)} {found.st_size} {found.st_mtime_ns}".encode())
    mark = settings.VAR / "static.stamp"
    if mark.exists() and mark.read_text() == stamp.hexdigest() and settings.STATIC_ROOT.exists():
        return
    say("Placing style sheets, scripts and fonts …")
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    mark.write_text(stamp.hexdigest())


def load_reference() -> None:
    from diemtua.places.actions import load_reference_data

    load_reference_data(progress=_progress)


def load_demonstration() -> None:
    from diemtua.demo.load import load

    say("Loading the demonstration province …")
    load(progress=_progress)


def _progress(*parts: Any) -> None:
    say("  " + " ".join(str(p) for p in parts))


def first_administrator() -> User:
    """The account of the first start: no password, reached by the one-time link only."""
    from diemtua.register.administration import create_user

    found = User.objects.filter(username="admin").first()
    return found or create_user(
        actor=None, username="admin", name="Quản trị viên", role=Role.ADMINISTRATOR, unit=None
    )


def base_url(host: str, port: int | str) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


def serve(arguments: argparse.Namespace, admin: User | None) -> None:
    """Serve until Ctrl+C or SIGTERM."""
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces

    address = base_url(arguments.host, arguments.port)
    user = admin or User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk").first()
    link = login_link(user, address) if user else ""
    connections.close_all()
    server = Granian(
        "diemtua.config.wsgi:application",
        address=arguments.host,
        port=int(arguments.port),
        interface=Interfaces.WSGI,
        workers=arguments.workers,
        blocking_threads=8,
        log_enabled=True,
        log_level="warning",
    )

    def announce() -> None:
        say("")
        say(f"Điểm Tựa is up: {address}")
        if link:
            say(f"Sign in once as {user} with this link (good for a day):")
            say(f"  {link}")
        say("Stop with Ctrl+C.")

    server.on_startup(announce)
    server.serve()
    say("Stopped.")


def login_link(user: User, address: str) -> str:
    from django.urls import reverse
    from sesame.utils import get_query_string

    return f"{address}{reverse('login_link')}{get_query_string(user)}"


def do_login_link(arguments: argparse.Namespace) -> int:
    import os

    database.connect()
    user = User.objects.filter(username=arguments.user).first()
    if user is None:
        raise Problem(f"There is no user {arguments.user}. Administrators add users on the desk.", 1)
    if not user.is_active:
        raise Problem(f"{arguments.user} is switched off and cannot sign in.", 1)
    address = arguments.base_url or base_url(os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000"))
    say(login_link(user, address.rstrip("/")))
    return 0


# --- data -----------------------------------------------------------------------------------------


def do_load(arguments: argparse.Namespace) -> int:
    database.connect()
    database.migrate()
    load_reference()
    if not arguments.no_demo:
        if Record.objects.exists():
            say("There are records already; the demonstration is loaded into an empty register only.")
        else:
            load_demonstration()
    return 0


def the_screen(name: str) -> Screen:
    for screen in all_screens():
        if name in (screen.kind, screen.slug):
            return screen
    known = ", ".join(s.slug for s in all_screens())
    raise Problem(f"There is no register {name}. There are: {known}.", 2)


def the_user(name: str) -> User | None:
    if not name:
        return None
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise Problem(f"There is no user {name}.", 2)
    return user


def do_import(arguments: argparse.Namespace) -> int:
    from diemtua.register.importing import import_file

    database.connect()
    screen = the_screen(arguments.kind)
    if not arguments.file.is_file():
        raise Problem(f"There is no file {arguments.file}.", 2)
    started = time.perf_counter()
    report = import_file(
        screen.kind, arguments.file, the_user(arguments.user), check_only=arguments.check, update=arguments.update
    )
    for line in report.lines():
        say(line)
    say(f"{time.perf_counter() - started:.1f} s")
    return 0 if report.ok else 1


def do_export(arguments: argparse.Namespace) -> int:
    from diemtua.register.exporting import export_file

    database.connect()
    screen = the_screen(arguments.kind)
    user = the_user(arguments.user)
    if arguments.output is None:
        export_file(screen.kind, arguments.format, sys.stdout.buffer, user)
        return 0
    unfinished = Path(f"{arguments.output}.part")
    with unfinished.open("wb") as stream:
        export_file(screen.kind, arguments.format, stream, user)
    unfinished.replace(arguments.output)
    say(f"Written: {arguments.output}")
    return 0


def do_backup(arguments: argparse.Namespace) -> int:
    database.connect()
    rows, size = backup.backup(arguments.path, say)
    say(f"Backed up {rows} rows to {arguments.path} ({size / 1e6:.1f} MB).")
    return 0


def do_restore(arguments: argparse.Namespace) -> int:
    rows = backup.restore(arguments.path, force=arguments.force, say=say)
    say(f"Restored {rows} rows from {arguments.path}.")
    return 0


def do_doctor(arguments: argparse.Namespace) -> int:
    from . import doctor

    return doctor.run(mend=arguments.mend)


