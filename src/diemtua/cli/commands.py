"""What each command does."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.utils import translation

from diemtua.register.models import Record, User
from diemtua.register.screens import Screen, all_screens

from . import backup, database, restore, serving
from .words import Problem, first_line, say

SHOWN = 50  # so many wrong rows are printed; the file of failed rows has all


def run(arguments: argparse.Namespace) -> int:
    """Dispatch; returns the exit code. What goes wrong below becomes one sentence."""
    name = arguments.command.replace("-", "_")
    try:
        with translation.override(settings.LANGUAGE_CODE):
            return globals()[f"do_{name}"](arguments) or 0
    except DatabaseError as error:
        raise Problem(f"The database refused: {first_line(error)} Nothing was half saved.") from error
    except PermissionDenied as error:
        raise Problem(first_line(error), 1) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else first_line(error)
        raise Problem(f"A file could not be read or written: {what}") from error


def do_up(arguments: argparse.Namespace) -> int:
    return serving.up(arguments)


def do_login_link(arguments: argparse.Namespace) -> int:
    database.connect()
    database.require_tables()
    user = User.objects.filter(username=arguments.user).first()
    if user is None:
        raise Problem(f"There is no user {arguments.user}. Administrators add users on the desk.", 1)
    if not user.is_active:
        raise Problem(f"{arguments.user} is switched off and cannot sign in.", 1)
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    say(serving.login_link(user, (arguments.base_url or serving.base_url(host, port)).rstrip("/")))
    return 0


def do_load(arguments: argparse.Namespace) -> int:
    with serving.alone():
        database.connect()
        database.migrate()
        serving.load_reference()
        if arguments.no_demo:
            return 0
        if Record.objects.exists():
            say("There are records already; the demonstration is loaded into an empty register only.")
        else:
            serving.load_demonstration()
    return 0


# --- data in and out ------------------------------------------------------------------------------


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
    from diemtua.register.importing.running import SKIP, UPDATE
    from diemtua.register.tabular import Unreadable

    if not arguments.file.is_file():
        raise Problem(f"There is no file {arguments.file}.", 2)
    database.connect()
    database.require_tables()
    screen, user = the_screen(arguments.kind), the_user(arguments.user)
    started = time.perf_counter()
    try:
        report = import_file(
            screen.kind,
            arguments.file,
            user,
            check_only=arguments.check,
            only_valid=arguments.only_valid,
            enter=arguments.enter_names,
            existing=UPDATE if arguments.update else SKIP,
        )
    except Unreadable as error:
        raise Problem(str(error), 1) from error
    for problem in report.errors[:SHOWN]:
        say(f"  {problem.row}: " + " – ".join(filter(None, [problem.column, problem.given, problem.sentence])))
    if len(report.errors) > SHOWN:
        say(f"  … and {len(report.errors) - SHOWN} more")
    for warning in report.warnings:
        say(f"  {warning}")
    if report.missing:
        say(f"The file lacks needed columns: {', '.join(report.missing)}.")
    if report.left_out:
        say(f"Not taken in, for no field has such a name: {', '.join(report.left_out)}.")
    if report.before is not None:
        say(f"The very same file was imported on {report.before.at:%d/%m/%Y}.")
    if report.entered:
        say(f"{report.entered} names that the register did not know are entered first.")
    say(
        f"{report.rows} rows: {report.new} new, {report.existing} already there, {report.failed} wrong "
        f"({time.perf_counter() - started:.1f} s)."
    )
    if arguments.failed and report.failed:
        write_failed(screen, arguments.file, user, arguments.failed)
    if arguments.check:
        return 0 if report.ok else 1
    if report.batch is None:
        say("Nothing was saved.")
        return 1
    say(
        f"Saved: {report.batch.created} made, {report.batch.changed} changed. "
        "The import can be undone as one on the desk."
    )
    return 0


def do_import_news(arguments: argparse.Namespace) -> int:
    from django.core.exceptions import ValidationError

    from diemtua.news.archive import import_archive, read_archive
    from diemtua.news.models import NewsIndexPage
    from diemtua.register.tabular import Unreadable

    if not arguments.archive.exists():
        raise Problem(f"There is no {arguments.archive}.", 2)
    database.connect()
    database.require_tables()
    newsroom = NewsIndexPage.objects.filter(locale__language_code=arguments.language).first()
    if newsroom is None:
        raise Problem(
            f"There is no newsroom in the language {arguments.language}. Run `diemtua up` once, or add it.", 1
        )
    user = the_user(arguments.user)
    started = time.perf_counter()

    def told(what: str, done: int) -> None:
        if done % 2_000 == 0:
            say(f"  {done} {what} …")

    try:
        items, troubles = read_archive(arguments.archive, lambda done: told("read", done))
    except Unreadable as error:
        raise Problem(str(error), 1) from error
    for trouble in troubles[:SHOWN]:
        say(f"  {trouble.origin}: {trouble.sentence}")
    if len(troubles) > SHOWN:
        say(f"  … and {len(troubles) - SHOWN} more")
    say(f"{len(items)} articles can be brought in, {len(troubles)} have something wrong.")
    if arguments.check or (troubles and not arguments.only_valid) or not items:
        say("Nothing was saved.")
        return 0 if arguments.check and not troubles else 1
    try:
        saved = import_archive(
            items,
            actor=user,
            newsroom=newsroom,
            section=arguments.section,
            progress=lambda done: told("saved", done),
        )
    except ValidationError as error:
        raise Problem(" ".join(error.messages), 1) from error
    say(
        f"Saved: {saved.made} articles in {saved.sections} new sections; {saved.there} stood there already "
        f"({time.perf_counter() - started:.1f} s)."
    )
    return 0


def write_failed(screen: Screen, source: Path, user: User | None, target: Path) -> None:
    """The wrong rows with what is wrong beside each, to mend and send again."""
    from diemtua.register.importing import check, failed_rows, guess_mapping
    from diemtua.register.importing.columns import known_headings
    from diemtua.register.tabular import read_table

    table = read_table(source, source.name, known=known_headings(screen))
    checked = check(screen, table, guess_mapping(screen, table.headers), user)
    target.write_bytes(failed_rows(checked))
    say(f"The wrong rows, to mend and send again: {target}")


def do_export(arguments: argparse.Namespace) -> int:
    from diemtua.register.exporting import export_file

    database.connect()
    database.require_tables()
    screen, user = the_screen(arguments.kind), the_user(arguments.user)
    if arguments.output is None:
        export_file(screen.kind, arguments.format, sys.stdout.buffer, user)
        sys.stdout.flush()
        return 0
    unfinished = arguments.output.with_name(f".{arguments.output.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as stream:
            count = export_file(screen.kind, arguments.format, stream, user)
        unfinished.replace(arguments.output)
    finally:
        unfinished.unlink(missing_ok=True)
    say(f"Written: {arguments.output} ({count} records)")
    return 0


# --- reading --------------------------------------------------------------------------------------


def do_read(arguments: argparse.Namespace) -> int:
    from . import reading

    if not arguments.propose:
        return reading.read(arguments)
    database.connect()
    database.require_tables()
    return reading.propose(arguments, the_user(arguments.user))


def do_labels(arguments: argparse.Namespace) -> int:
    from . import reading

    database.connect()
    database.require_tables()
    return reading.labels()


# --- safety ---------------------------------------------------------------------------------------


def do_backup(arguments: argparse.Namespace) -> int:
    database.connect()
    database.require_tables()
    rows, size = backup.backup(arguments.path, say)
    say(f"Backed up {rows} rows to {arguments.path} ({size / 1e6:.1f} MB).")
    return 0


def do_restore(arguments: argparse.Namespace) -> int:
    rows = restore.restore(arguments.path, force=arguments.force, say=say)
    say(f"Restored {rows} rows from {arguments.path}. If a server runs on this database, start it again.")
    return 0


def do_doctor(arguments: argparse.Namespace) -> int:
    from . import doctor

    return doctor.run(mend=arguments.mend)
