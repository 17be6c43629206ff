"""`diemtua up`: from an empty folder to a served register."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import functools
import gc
import hashlib
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils import translation
from django.utils.translation import gettext as _

from diemtua.register import upkeep
from diemtua.register.models import Record, Role, User

from . import database
from .words import Problem, say

LOOPBACK = ("127.0.0.1", "localhost", "::1")
STOP_SECONDS = 10  # for requests under way when the server is told to stop


def up(arguments: argparse.Namespace) -> int:
    port_is_free(arguments.host, arguments.port)
    with alone():
        database.connect()
        place_static_files()
        database.migrate()
        first = not User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists()
        load_reference()
        if first and not arguments.empty and not Record.objects.exists():
            load_demonstration()
        found_portal()
        if first and not arguments.empty:
            load_news()
        if first:
            first_administrator()
    serve(arguments)
    return 0


def port_is_free(host: str, port: int) -> None:
    """Raise Problem when the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            if isinstance(error, socket.gaierror):
                raise Problem(f"{host} is no address of this machine. Choose another with HOST.", 2) from error
            raise Problem(
                f"Port {port} on {host} cannot be used ({error.strerror}). "
                "Stop what uses it, or choose another with PORT."
            ) from error


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Two starts on one folder prepare it one after the other."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with open_to_write(settings.VAR / "preparing.lock") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another start is preparing this folder; waiting for it …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def open_to_write(path: Any) -> Any:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a")
    except OSError as error:
        raise Problem(f"The folder for data cannot be written: {error}. Set DIEMTUA_VAR to one that can.") from error


# --- what is prepared -----------------------------------------------------------------------------


def place_static_files() -> None:
    """Collect and compress static files when they have changed since the last start."""
    source = settings.PACKAGE / "static"
    if not (source / "vendor" / "tabler.min.css").exists():
        raise Problem("The front-end libraries are not in place. Run `make up` once, which fetches them.")
    if settings.DEBUG:
        return
    import wagtail

    stamp = hashlib.sha256(wagtail.__version__.encode())  # brings style sheets and scripts of its own
    for folder in (source, *sorted(settings.PACKAGE.glob("*/static"))):  # of all rooms, and of single ones
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                found = path.stat()
                name = path.relative_to(settings.PACKAGE)
                stamp.update(f"{name} {found.st_size} {found.st_mtime_ns}".encode())
    mark = settings.VAR / "static.stamp"
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if manifest.exists() and mark.exists() and mark.read_text() == stamp.hexdigest():
        return
    say("Placing style sheets, scripts and fonts …")
    mark.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    mark.write_text(stamp.hexdigest())


def load_reference() -> None:
    from diemtua.land.actions.destinations import load_destinations
    from diemtua.places.actions import load_reference_data

    with translation.override("en"):  # what is said, not what is stored
        load_reference_data(progress=lambda text: say(f"  {text}"))
        load_destinations()


def found_portal() -> None:
    """The first pages of the public site; nothing when they are there."""
    from diemtua.portal.actions import found_site

    with translation.override("vi"):
        found_site(
            name=str(_("External relations and investment of %(province)s") % {"province": settings.HOME_PROVINCE})
        )


def load_news() -> None:
    from diemtua.demo.newsroom import load_newsroom
    from diemtua.demo.pages import load_pages

    if count := load_newsroom():
        say(f"  {count} articles in two languages")
    if count := load_pages():
        say(f"  {count} edited pages in two languages")


def load_demonstration() -> None:
    from diemtua.demo.load import load

    say("Loading the demonstration province …")
    say(f"  {load()} records")


def first_administrator() -> User:
    """The account of the first start: no password, reached by the one-time link only."""
    from diemtua.register.administration import create_user

    found = User.objects.filter(username="admin").first()
    return found or create_user(actor=None, username="admin", name="Quản trị viên", role=Role.ADMINISTRATOR, unit=None)


# --- addresses ------------------------------------------------------------------------------------


def base_url(host: str, port: int | str) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


def login_link(user: User, address: str) -> str:
    from django.urls import reverse
    from sesame.utils import get_query_string

    return f"{address}{reverse('login_link')}{get_query_string(user)}"


def welcome(host: str, port: int) -> list[str]:
    """What is said when the server answers.

    The link is printed only while its administrator has no password: later starts write to logs that
    others may read, and `diemtua login-link` is there for whoever has lost the way in.
    """
    address = base_url(host, port)
    lines = ["", f"Điểm Tựa is up: {address}"]
    user = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk").first()
    if user is not None and not user.has_usable_password():
        lines += [
            f"Sign in as {user.username} with this link (it works once, for a day):",
            f"  {login_link(user, address)}",
        ]
        if others := list(User.objects.filter(username__in=["officer", "lead", "viewer"]).order_by("pk")):
            names = ", ".join(u.username for u in others)
            lines.append(f"Or as somebody else: diemtua login-link NAME ({names})")
    else:
        lines.append("Lost the way in? `diemtua login-link NAME` prints a sign-in link.")
    if host not in LOOPBACK and not os.environ.get("DIEMTUA_HOSTS"):
        lines.append("Only this machine can use it until DIEMTUA_HOSTS names the addresses that people type.")
    return [*lines, "Stop with Ctrl+C."]


# --- serving --------------------------------------------------------------------------------------


def serve(arguments: argparse.Namespace) -> None:
    """Serve until Ctrl+C or SIGTERM; returns when every process of the server is gone."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    lines = welcome(arguments.host, arguments.port)
    connections.close_all()
    port_is_free(arguments.host, arguments.port)  # preparing may have taken minutes
    if sys.platform == "linux":
        # Workers share what is loaded: half the memory and half the start.
        multiprocessing.set_start_method("fork", force=True)
    server = Granian(
        "diemtua.config.wsgi:application",
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.WSGI,
        workers=arguments.workers,
        blocking_threads=8,
        runtime_blocking_threads=8,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
    )
    said = multiprocessing.Value("b", 0)
    try:
        server.serve(target_loader=functools.partial(in_worker, os.getpid(), lines, said), wrap_loader=False)
    except SystemExit as ended:
        if ended.code:
            raise Problem("The server ended by itself; what it said stands above.") from ended
    say("Stopped.")


def in_worker(parent: int, lines: list[str], said: Any) -> Any:
    """The application, loaded in a worker; the first worker that is ready says where it answers."""
    die_with(parent)
    from diemtua.config.wsgi import application
    from diemtua.portal import clock

    warm_up()
    # What is loaded stays: to look through it for waste again and again took a fifth of the time of small requests.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    upkeep.start()
    tell_webhooks()
    clock.start()
    with said.get_lock():
        if not said.value:
            said.value = 1
            for line in lines:
                say(line)
    return application


def warm_up() -> None:
    """Load what the first request would have to wait for."""
    from django.template.loader import get_template
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018
    get_template("register/base.html")


def tell_webhooks() -> None:
    """Start the thread that calls webhooks; several processes share the work."""
    from diemtua.api.sending import Sender

    connections.close_all()
    Sender().start()


def die_with(parent: int) -> None:
    """Let a worker hear Ctrl+C from its server only, and end with it even when that is killed."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpgid(0, 0)  # told twice to stop, it would hang
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: the port is free again at once
    if os.getppid() != parent:  # it was killed before that
        os._exit(1)
