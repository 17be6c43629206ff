"""`diemtua read` and `diemtua labels`: what texts say, and what officers decided about it."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from diemtua.kit.dates import DateError, parse_date
from diemtua.sources import reader
from diemtua.sources.reader.facts import Mention, Reading

from .words import Problem, say

STDIN = "-"


@dataclass(frozen=True)
class Text:
    """One text to read. `text` is the very letters of a plain file, so that offsets are offsets in the file."""

    name: str
    text: str
    home: str | None = None
    published: datetime.date | None = None
    is_plain: bool = True
    warnings: tuple[str, ...] = ()


def read(arguments: argparse.Namespace) -> int:
    """Print what is found in each file; a file that cannot be read is named, and the others are still read."""
    home, published = the_home(arguments.home), the_day(arguments.published)
    refused = 0
    for path in arguments.files:
        try:
            for one in texts_of(path):
                found = reader.read_text(one.text, home=home or one.home, published=published or one.published)
                show(one, found, as_json=arguments.json)
        except Refused as error:
            refused += 1
            print(f"diemtua: {path}: {error}", file=sys.stderr)
    return 1 if refused else 0


def propose(arguments: argparse.Namespace, user: Any) -> int:
    """Store each file as a document and what is found in it as proposals; what is there already is read again."""
    from diemtua.sources import actions
    from diemtua.sources.actions import AlreadyThere, SecretPaper, create_document, read_upload
    from diemtua.sources.models import Proposal
    from diemtua.sources.text import Unreadable

    home, published = the_home(arguments.home), the_day(arguments.published)
    refused = 0
    for path in arguments.files:
        try:
            content = read_upload(path.name, bytes_of(path))
            try:
                document = create_document(actor=user, fields={}, content=content)
            except AlreadyThere as there:
                document = there.document
            made = actions.read_document(document=document, actor=user, home=home, published=published)
        except SecretPaper:
            refused += 1  # its name is not repeated either
            print("diemtua: A paper marked as a state secret was refused; nothing of it was kept.", file=sys.stderr)
        except (Unreadable, Refused) as error:
            refused += 1
            print(f"diemtua: {path}: {error}", file=sys.stderr)
        except ValidationError as error:
            refused += 1
            print(f"diemtua: {path}: {' '.join(error.messages)}", file=sys.stderr)
        else:
            waiting = Proposal.objects.filter(subject__content=document.pk, state=Proposal.State.OPEN).count()
            say(f"{path}: {waiting} facts wait for an officer at /desk/r/{document.pk}/review/")
            for warning in made.warnings:
                say(f"  {warning}")
    return 1 if refused else 0


def labels() -> int:
    """Officers' decisions, one document a line."""
    from diemtua.sources.queries import labels as all_labels

    for one in all_labels():
        print(json.dumps(one, ensure_ascii=False))
    return 0


# --- what comes in ----------------------------------------------------------------------------------


class Refused(Exception):
    """A file that cannot be read; the sentence says what to do."""


def the_home(name: str) -> str | None:
    if not name:
        return None
    found = reader.Lexicon.load().province(name)
    if found is None:
        raise Problem(f"There is no province {name!r} in Vietnam, now or before. Write it as in --home 'Thái Bình'.", 2)
    return found


def the_day(text: str) -> datetime.date | None:
    if not text:
        return None
    try:
        day = parse_date(text)
    except DateError as error:
        raise Problem(str(error), 2) from error
    if day.first != day.last:
        raise Problem(f"{text!r} is more than one day. Write the day of publication, for example 18/07/2023.", 2)
    return day.first


def texts_of(path: Path) -> Iterator[Text]:
    """The texts of a file: one, or one a line of a .jsonl file ({"id", "text", "home_province", "published"})."""
    if path.suffix.lower() == ".jsonl":
        yield from _lines_of(path)
        return
    yield _text_of(path.name, bytes_of(path))


def bytes_of(path: Path) -> bytes:
    """What is in a file, or comes in by the pipe for "-"."""
    if str(path) == STDIN:
        return sys.stdin.buffer.read()
    if not path.is_file():
        raise Refused("There is no such file.")
    return path.read_bytes()


def _text_of(name: str, data: bytes) -> Text:
    """The text of one file by its content. Plain text in UTF-8 stays as it is, letter by letter."""
    from diemtua.sources.text import Unreadable, read
    from diemtua.sources.text.cleaning import clean, without_invisible

    try:
        paper = read(data, "text.txt" if name == STDIN else name)
    except Unreadable as error:
        raise Refused(str(error)) from error
    identity = name if name == STDIN else Path(name).stem
    warnings = tuple(map(str, paper.warnings))
    published = paper.page.published_on if paper.page else None
    if paper.kind == "txt":
        try:
            given = data.decode("utf-8")
        except UnicodeDecodeError:
            given = ""
        if without_invisible(clean(given)).split() == paper.text.split():
            return Text(identity, given, published=published, warnings=warnings)
    return Text(identity, paper.text, published=published, is_plain=False, warnings=warnings)


def _lines_of(path: Path) -> Iterator[Text]:
    for number, line in enumerate(bytes_of(path).split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            day = row.get("published")
            one = Text(
                str(row.get("id", number)),
                row["text"],
                row.get("home_province"),
                datetime.date.fromisoformat(day) if day else None,
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            shape = '{"id": …, "text": …, "published": "2023-07-18"}'
            raise Refused(f"Line {number} is not as it must be: {shape}.") from error
        yield one


# --- what goes out ----------------------------------------------------------------------------------


def show(one: Text, found: Reading, *, as_json: bool) -> None:
    """One JSON object a line, or lines for people."""
    if as_json:
        told = found.as_json(one.name)
        if not one.is_plain:
            told["text"] = one.text  # the offsets count in it, not in the file
        if one.warnings or found.warnings:
            told["warnings"] = [*one.warnings, *map(str, found.warnings)]
        print(json.dumps(told, ensure_ascii=False))
        return
    day = f"{found.published:%d/%m/%Y}" if found.published else "day not known"
    say(f"{one.name}: {found.home or 'no home province'}, {day}")
    for warning in (*one.warnings, *found.warnings):
        say(f"  ! {warning}")
    for mention in found.mentions:
        say(f"  {mention.start:>6}-{mention.end:<6} {mention.type:<16} {one_line(mention)}")
    for relation in found.relations:
        source, target = found.by_id[relation.source], found.by_id[relation.target]
        status = f" ({relation.status})" if relation.status else ""
        say(f"  {one_line(source)}  --{relation.type}{status}-->  {one_line(target)}")
    say(f"  {len(found.mentions)} mentions, {len(found.relations)} relations")


def one_line(mention: Mention) -> str:
    norm = "" if mention.norm is None else f" = {json.dumps(mention.norm, ensure_ascii=False)}"
    return " ".join(mention.quote.split()) + norm
