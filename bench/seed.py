"""A province's register at full size, written straight into the tables of an empty, migrated database.

`seed(path, rows)` fills a SQLite file; `bench.engines` copies it to PostgreSQL, so both hold the same rows.
Half the records are engagements; kinds come mixed, as in life. The same call gives the same rows.
"""

from __future__ import annotations

import datetime
import json
import random
import sqlite3
from collections.abc import Iterator
from typing import Any

from django.db import models

from diemtua.kit.text import fold, sort_key, words
from diemtua.register.database import SQLITE_REBUILD

from . import phrases as p

# Of a hundred records, as the issue has it: 500,000 engagements of a million.
MIX = {"engagement": 50, "party": 10, "instrument": 10, "commitment": 20, "document": 6, "person": 4}
NOW = "2026-11-20 08:00:00"
UNITS = 8
USERS = 6
BATCH = 20_000


class Rows:
    """Rows of one table: what stays the same is written once, `add` gives the rest in order of `varying`."""

    def __init__(self, db: sqlite3.Connection, model: type[models.Model], varying: str) -> None:
        fields = [f for f in model._meta.local_concrete_fields if not getattr(f, "generated", False)]
        self.columns = [f.column for f in fields]
        self.base = [self._default(f) for f in fields]
        self.at = [self.columns.index(name) for name in varying.split()]
        self.db, self.waiting = db, []
        marks = ",".join("?" * len(fields))
        names = ",".join(f'"{c}"' for c in self.columns)
        self.sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})'

    @staticmethod
    def _default(f: models.Field) -> Any:
        if f.primary_key or f.null:
            return None
        if isinstance(f, models.DateTimeField):
            return NOW
        if isinstance(f, models.JSONField):
            return "{}"
        value = f.get_default()
        return "" if isinstance(value, list) else value.value if hasattr(value, "value") else value

    def add(self, *values: Any) -> None:
        row = self.base.copy()
        for at, value in zip(self.at, values, strict=True):
            row[at] = value
        self.waiting.append(row)
        if len(self.waiting) >= BATCH:
            self.flush()

    def flush(self) -> None:
        self.db.executemany(self.sql, self.waiting)
        self.waiting.clear()


def kinds(count: int) -> Iterator[tuple[int, str]]:
    """(id, kind) of every record, in the order in which they came in."""
    deck = [kind for kind, share in MIX.items() for _ in range(share)]
    random.Random(7).shuffle(deck)
    for i in range(count):
        yield i + 1, deck[i % 100]


class Text:
    """Sentences made of the phrases."""

    def __init__(self, rnd: random.Random) -> None:
        self.rnd = rnd
        self.own, self.topics, self.sectors = p.split(p.OWN), p.split(p.TOPICS), p.split(p.SECTORS)
        self.countries = [tuple(c.split(" ", 1)) for c in p.split(p.COUNTRIES)]
        self.forms = {n: p.split(getattr(p, n)) for n in ("ENGAGEMENT", "INSTRUMENT", "COMMITMENT", "DOCUMENT")}

    def place(self) -> str:
        return (self.rnd.choice(p.FIRST) + self.rnd.choice(p.FIRST) + self.rnd.choice(p.LAST)).capitalize()

    def number(self) -> str:
        return f"{self.rnd.randint(1, 4000)}/{self.rnd.choice(('KH-UBND', 'QĐ-UBND', 'NQ-TW', 'CV-SNgV', 'TTr-SNgV'))}"

    def fill(self, form: str, partner: str) -> str:
        rnd = self.rnd
        year = rnd.randint(2005, 2026)
        return rnd.choice(self.forms[form]).format(
            own=rnd.choice(self.own),
            topic=rnd.choice(self.topics),
            partner=partner,
            year=year,
            later=year + rnd.randint(1, 6),
            number=self.number(),
            amount=rnd.randint(1, 60),
        )

    def party(self) -> tuple[str, str, str]:
        """(name, kind of party, country)"""
        rnd = self.rnd
        code, country = rnd.choice(self.countries)
        roll = rnd.random()
        if roll < 0.6:
            return f"Công ty TNHH {rnd.choice(self.sectors)} {self.place()} {self.place()}", "company", code
        if roll < 0.75:
            return f"{rnd.choice(('thành phố', 'tỉnh', 'quận', 'huyện'))} {self.place()} ({country})", "locality", code
        if roll < 0.85:
            return f"Trường Đại học {self.place()} {country}", "university", code
        if roll < 0.95:
            return f"Hiệp hội {rnd.choice(self.sectors)} {self.place()}", "chamber", code
        return f"Tổ chức {self.place()} vì {rnd.choice(self.topics)}", "ngo", code

    def person(self) -> str:
        rnd = self.rnd
        return f"{rnd.choice(p.SURNAMES.split('|'))} {rnd.choice(p.GIVEN.split('|'))} {self.place()}"


def day(rnd: random.Random, first: int = 2005, last: int = 2026) -> str:
    start = datetime.date(first, 1, 1).toordinal()
    return datetime.date.fromordinal(rnd.randint(start, datetime.date(last, 12, 31).toordinal())).isoformat()


def seed(path: str, count: int) -> None:
    """Fill the migrated, empty database at `path` with `count` records."""
    db = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF"):
        db.execute(f"PRAGMA {pragma}")
    later = db.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND (type = 'trigger' OR type = 'index')"
    ).fetchall()
    for kind, name, _sql in later:
        db.execute(f'DROP {kind} "{name}"')
    db.execute("BEGIN")
    _fill(db, count)
    db.execute("COMMIT")
    for statement in SQLITE_REBUILD:
        db.execute(statement)
    for _kind, _name, sql in later:
        db.execute(sql)
    db.execute("ANALYZE")
    db.close()


def _fill(db: sqlite3.Connection, count: int) -> None:
    from diemtua.engagements.models import Engagement, EngagementInstrument, NextStep, Participant
    from diemtua.instruments.models import Commitment, Instrument, InstrumentParty
    from diemtua.parties.models import Party, Person, Post
    from diemtua.places.models import Country
    from diemtua.register.models import Change, Evidence, Figure, Link, Name, OrgUnit, Record, User, Word
    from diemtua.sources.models import Document

    rnd = random.Random(2026)
    text = Text(rnd)
    units = Rows(db, OrgUnit, "id name sort_key")
    for i in range(1, UNITS + 1):
        units.add(i, text.own[i], sort_key(text.own[i]))
    people = Rows(db, User, "id username name password role unit_id is_active")
    for i in range(1, USERS + 1):
        role = ("administrator", "lead", "officer", "officer", "officer", "viewer")[i - 1]
        people.add(i, f"bench-{role}-{i}", f"Cán bộ Thử {i}", "!", role, i, 1)
    have = {code for (code,) in db.execute("SELECT code FROM places_country")}
    lands = Rows(db, Country, "code iso3 name_vi name_en key sort_key")
    for code, name in text.countries:
        if code not in have:
            lands.add(code, f"{code}_", name, name, fold(name), sort_key(name))

    ids: dict[str, list[int]] = {kind: [] for kind in MIX}
    for pk, kind in kinds(count):
        ids[kind].append(pk)
    parties = {pk: text.party() for pk in ids["party"]}
    if ids["party"]:
        parties[ids["party"][0]] = ("thành phố Yeongju", "locality", "KR")
    persons = {pk: text.person() for pk in ids["person"]}
    all_parties, all_people = ids["party"], ids["person"]

    record = Rows(
        db,
        Record,
        "id kind title title_key sort_key search_text access unit_id confidence archived_at "
        "created_at updated_at created_by_id",
    )
    party = Rows(db, Party, "record_id kind is_own is_partner country_id sector desk_officer_id last_contact")
    person = Rows(db, Person, "record_id party_id note")
    post = Rows(db, Post, "person_id title party_id start")
    document = Rows(db, Document, "record_id form number issuer published summary")
    instrument = Rows(
        db, Instrument, "record_id nature form number status signed expiry cooperation_fields lead_agency_id summary"
    )
    signer = Rows(db, InstrumentParty, "instrument_id party_id role signer_post")
    commitment = Rows(
        db, Commitment, "record_id instrument_id debtor_id creditor_id state due target target_unit owner_id note"
    )
    engagement = Rows(db, Engagement, "record_id form status held purpose place country_id host_id outcome owner_id")
    participant = Rows(db, Participant, "engagement_id side party_id person_id post")
    discussed = Rows(db, EngagementInstrument, "engagement_id instrument_id what")
    step = Rows(db, NextStep, "engagement_id text owner_id due done_on")
    change = Rows(db, Change, "record_id actor_id at verb diff version")
    name_row = Rows(db, Name, "record_id text key kind")
    figure = Rows(db, Figure, "record_id measure value unit as_of stage")
    evidence = Rows(db, Evidence, "record_id field source_id quote confidence")
    link = Rows(db, Link, "source_id target_id relation")
    known: set[str] = set()
    vocabulary: dict[str, list[str]] = {}

    def fold_words(part: str) -> list[str]:
        found = vocabulary.get(part)
        if found is None:
            found = words(part)
            if len(vocabulary) < 200_000:
                vocabulary[part] = found
        return found

    start = datetime.datetime(2015, 1, 1)
    for pk, kind in kinds(count):
        parts: list[str] = []
        targets: set[tuple[int, str]] = set()

        def aim(target: int | None, relation: str, kind: str = kind, pk: int = pk, targets: set = targets) -> None:
            if target and target != pk:
                targets.add((target, f"{kind}.{relation}"))

        officer = rnd.randint(1, USERS)
        partner_id = rnd.choice(all_parties) if all_parties else None
        partner = parties[partner_id][0] if partner_id else ""
        if kind == "party":
            title, its_kind, country = parties[pk]
            sector = rnd.choice(text.sectors)
            parts = [sector]
            party.add(
                pk,
                its_kind,
                0,
                rnd.random() < 0.4,
                country,
                sector,
                officer,
                day(rnd, 2018) if rnd.random() < 0.5 else None,
            )
            if rnd.random() < 0.3:
                other = f"{text.place()} {text.place()} Co., Ltd"
                name_row.add(pk, other, fold(other), "foreign")
                parts.append(other)
        elif kind == "person":
            title = persons[pk]
            person.add(pk, partner_id, "")
            title_of_post = rnd.choice(("Giám đốc", "Phó Giám đốc", "Trưởng phòng", "Chuyên viên", "Chủ tịch"))
            post.add(pk, title_of_post, partner_id, day(rnd))
            aim(partner_id, "party")
            aim(partner_id, "posts")
            parts = [title_of_post]
        elif kind == "document":
            title, issuer = text.fill("DOCUMENT", partner), rnd.choice(text.own)
            number, summary = text.number(), f"{rnd.choice(text.topics)} với {partner}"
            document.add(pk, "", number, issuer, day(rnd), summary)
            parts = [number, issuer, summary]
        elif kind == "instrument":
            title, number = text.fill("INSTRUMENT", partner), text.number()
            if len(title) > 480:
                title = title[:480]
            summary = f"{rnd.choice(text.topics)}; {rnd.choice(text.topics)}"
            signed = day(rnd)
            lead = rnd.choice(all_parties)
            instrument.add(
                pk,
                rnd.choice(("international", "domestic", "coordination", "directive")),
                "",
                number,
                rnd.choice(("signed", "in_force", "in_force", "expired", "unknown")),
                signed,
                f"{int(signed[:4]) + 5}{signed[4:]}".replace("-02-29", "-02-28"),
                "",
                lead,
                summary,
            )
            aim(lead, "lead_agency")
            for side in {partner_id, rnd.choice(all_parties)}:
                signer.add(pk, side, "party", "Giám đốc")
                aim(side, "parties")
            parts = [number, summary, "Giám đốc"]
        elif kind == "commitment":
            title = text.fill("COMMITMENT", partner)
            about = rnd.choice(ids["instrument"])
            creditor = rnd.choice(all_parties)
            note = f"{rnd.choice(text.topics)}; {partner}"
            # As in life, most old promises are settled; a few thousand are not.
            due = day(rnd, 2010, 2028)
            state = (
                rnd.choice(("open", "under_way"))
                if due > "2026-10" or rnd.random() < 0.02
                else rnd.choice(("kept", "kept", "kept", "broken", "unknown"))
            )
            commitment.add(
                pk,
                about,
                partner_id,
                None if creditor == partner_id else creditor,
                state,
                due,
                rnd.randint(1, 60),
                "suất",
                officer,
                note,
            )
            aim(about, "instrument")
            aim(partner_id, "debtor")
            aim(None if creditor == partner_id else creditor, "creditor")
            parts = [note, "suất"]
        else:
            title = text.fill("ENGAGEMENT", partner)
            held, where = day(rnd), f"{text.place()}, {parties[partner_id][2]}" if partner_id else ""
            purpose = f"{rnd.choice(text.topics)}; {rnd.choice(text.topics)}"
            status = "planned" if held > "2026-11-20" else rnd.choice(("held",) * 9 + ("cancelled",))
            engagement.add(
                pk,
                rnd.choice(("outgoing", "incoming", "meeting", "visit", "call", "conference")),
                status,
                held,
                purpose,
                where,
                parties[partner_id][2] if partner_id else None,
                partner_id,
                "",
                officer,
            )
            aim(partner_id, "host")
            participant.add(pk, "partner", partner_id, None, "Trưởng đoàn")
            aim(partner_id, "participants")
            if rnd.random() < 0.6:
                someone = rnd.choice(all_people)
                participant.add(pk, "own", None, someone, "Thành viên")
                aim(someone, "participants")
            if rnd.random() < 0.2:
                about = rnd.choice(ids["instrument"])
                discussed.add(pk, about, "discussed")
                aim(about, "instruments")
            if rnd.random() < 0.1:
                until = day(rnd, 2012, 2027)
                done = until if until < "2026-11" and rnd.random() < 0.97 else None
                step.add(pk, f"Gửi dự thảo về {rnd.choice(text.topics)}", officer, until, done)
            parts = [purpose, where, "Trưởng đoàn Thành viên"]
        title = title[:500]
        found = list(dict.fromkeys(w[:60] for part in (title, *parts) for w in fold_words(part)))
        known.update(w for w in found if len(w) <= 30 and not w.isdigit())
        roll = rnd.random()
        access, unit = (
            ("internal", None) if roll < 0.6 else ("public", None) if roll < 0.9 else ("unit", rnd.randint(1, UNITS))
        )
        at = str(start + datetime.timedelta(seconds=pk * 360))
        record.add(
            pk,
            kind,
            title,
            fold(title)[:500],
            sort_key(title)[:200],
            " ".join(found),
            access,
            unit,
            rnd.choice(("high", "medium", "low", "")),
            NOW if rnd.random() < 0.02 else None,
            at,
            at,
            officer,
        )
        change.add(pk, officer, at, "create", json.dumps({"title": [None, title]}, ensure_ascii=False), 1)
        if rnd.random() < 0.2:
            figure.add(pk, "capital", rnd.randint(1, 900), "tỷ đồng", day(rnd), "announced")
            evidence.add(pk, "title", rnd.choice(ids["document"]), title[:120], "medium")
        for target, relation in sorted(targets):
            link.add(pk, target, relation)
    if count >= 1000:  # a rare exact title made of the commonest words, among the oldest records
        rare = ids["instrument"][3]
        record.flush()
        title = "Hợp tác đầu tư"
        db.execute(
            "UPDATE register_record SET title=?, title_key=?, sort_key=?, search_text=?, access='public', "
            "archived_at=NULL WHERE id=?",
            (title, fold(title), sort_key(title), fold(title), rare),
        )
    word = Rows(db, Word, "text")
    for w in sorted(known):
        word.add(w)
    for rows in (
        units,
        people,
        lands,
        record,
        party,
        person,
        post,
        document,
        instrument,
        signer,
        commitment,
        engagement,
        participant,
        discussed,
        step,
        change,
        name_row,
        figure,
        evidence,
        link,
        word,
    ):
        rows.flush()
    for model in (Party, Instrument, Commitment, Engagement):
        db.execute(
            f"UPDATE {model._meta.db_table} SET of_unit = (SELECT unit_id FROM register_record WHERE id = record_id) "
            "WHERE record_id IN (SELECT id FROM register_record WHERE unit_id IS NOT NULL)"
        )


if __name__ == "__main__":
    import sys

    import django

    django.setup()
    seed(sys.argv[1], int(sys.argv[2]))
