"""One battery of tests for every kind of record. A subclass in a room's tests gives sample values only:

class TestPerson(Battery):
    kind = "person"
    values = {"title": "Lê Mẫu Đơn", "party": "@partner"}      # as typed; "@partner" is a sample
    rows = {"posts": {"title": "Trưởng đoàn"}}                  # a row of each child set, as typed
    change = ("languages", "tiếng Hàn", "tiếng Lào")            # a text field and two other values for it
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any, ClassVar

import openpyxl
import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from diemtua.register import importing, write
from diemtua.register.desk.display import plain
from diemtua.register.desk.filters import build_filterset
from diemtua.register.models import Batch, Change, Record
from diemtua.register.screens import Screen, is_key_to_record, screen_of
from diemtua.register.tabular import read_table

from .pages import ROLES, Staff, body, form_with, forms_of, made, row_counts, shows, typed, url

SEEING = [r for r in ROLES if r != "anonymous"]
EDITING = ("officer", "lead", "other_lead", "administrator")
# Doors of one record: (name, method) of what every person may ask for, and what only those who may change it.
READ = ("record", "history")
WRITE = ("edit", "figure_new")


class Battery:
    """What officers do with every kind of record, through its pages. Subclasses say what to type."""

    kind: ClassVar[str]
    values: ClassVar[dict[str, Any]]
    rows: ClassVar[dict[str, Any]] = {}
    change: ClassVar[tuple[str, str, str]]

    @pytest.fixture(autouse=True)
    def _people_and_samples(self, staff: Staff, samples: Any) -> None:
        self.staff, self.samples = staff, samples
        self.as_officer = staff.client("officer")
        self.new_url = url("new", self.screen.slug)

    @property
    def screen(self) -> Screen:
        return screen_of(self.kind)

    @property
    def title(self) -> str:
        return self.values["title"]

    def typed(self, **changes: Any) -> dict[str, Any]:
        return typed(self.screen, {**self.values, **changes}, self.rows, self.samples, self.staff.unit)

    def enter(self, **changes: Any) -> Any:
        """A record made through the form by the officer."""
        answer = self.as_officer.post(self.new_url, self.typed(**changes))
        assert answer.status_code == 302, body(answer)
        instance = made(changes.get("title", self.title))
        assert answer.headers["Location"] == instance.get_absolute_url()
        return instance

    def sample(self) -> Any:
        return getattr(self.samples, self.kind)

    def several(self, count: int, **record: Any) -> list[Any]:
        """Copies of the sample record under other titles, in one go."""
        source = self.sample()
        own = {n: getattr(source, f.attname) for n, f in self.screen.own_fields.items()}  # type: ignore[attr-defined]
        drafts = [
            write.Draft({**own, "unit": self.staff.unit, "title": f"Bản sao thứ {n:03}", **record})
            for n in range(count)
        ]
        return write.create_many(self.screen, drafts, actor=None)

    def listed(self, who: str = "viewer", **query: Any) -> Any:
        answer = self.staff.client(who).get(url("list", self.screen.slug), query)
        assert answer.status_code == 200
        return answer

    # --- list ---------------------------------------------------------------------------------------

    def test_an_empty_register_and_an_empty_answer_say_so(self) -> None:
        """Nothing found is a page, not an error, with the way on."""
        answer = self.listed(q="khôngcóchữnàynhưthế")
        assert not shows(answer, self.sample().record.title)
        assert 'class="empty' in body(answer)
        for record in Record.objects.filter(kind=self.kind):
            write.archive(record, actor=None, reason="thử")
        assert 'class="empty' in body(self.listed("officer"))

    def test_the_list_shows_a_record_and_its_page(self) -> None:
        instance = self.enter()
        answer = self.listed()
        assert shows(answer, self.title)
        assert f'href="{instance.get_absolute_url()}"' in body(answer)
        found = self.listed(q=self.title)
        assert shows(found, self.title)
        part = self.staff.client("viewer").get(
            url("list", self.screen.slug), headers={"HX-Request": "true", "HX-Target": "dt-results"}
        )
        assert shows(part, self.title)
        assert "<html" not in body(part)

    def test_every_ordering(self) -> None:
        """The page shows the rows in the order that was asked for; an unknown one is the first."""
        self.several(3)
        for name, ordering in self.screen.orderings.items():
            text = body(self.listed(sort=name))
            rows = self.screen.model._default_manager.filter(record__archived_at=None).order_by(*ordering)
            places = [text.index(f'href="{r.get_absolute_url()}"') for r in rows]
            assert places == sorted(places), name
        assert self.listed(sort="; DROP TABLE register_record").status_code == 200

    def test_every_ordering_follows_an_index(self) -> None:
        """Without one SQLite walks all records of all kinds for the first page: 0.9 s with a million."""
        first = {fields[0] for i in self.screen.model._meta.indexes if (fields := [f.lstrip("-") for f in i.fields])}
        for name, order in self.screen.orderings.items():
            by = order[0].lstrip("-")
            assert by.startswith("record__") or by in first | {"pk", "record"}, (name, order)

    def test_every_filter(self) -> None:
        """A filter on a value that a record has shows it, one on another value does not."""
        instance = self.enter()
        mark = f'href="{instance.get_absolute_url()}"'
        filters = build_filterset(self.screen, self.staff.officer)
        assert set(filters.base_filters) >= {"q", "archived"}
        for name in filters.base_filters:
            if name in ("q", "archived"):
                continue
            bound = filters({}, queryset=self.screen.model._default_manager.all()).form.fields[name]  # type: ignore[union-attr]
            for value in _some(bound, self._stored(instance, name)) or [
                "01/01/1990",
                "01/01/2999",
                "01/01/0001",
                "7",
                "9" * 30,
                "rác",
            ]:
                answer = self.listed(**{name: value})
                stored = self._stored(instance, name)
                if stored is not None and value in _choices(bound) and not name.endswith(("_from", "_to")):
                    assert (mark in body(answer)) == (str(value) in stored), (name, value)
        for name, f in self.screen.own_fields.items():
            if name in filters.base_filters and is_key_to_record(f) and getattr(instance, f.attname):  # type: ignore[attr-defined]
                assert mark in body(self.listed(**{name: getattr(instance, f.attname)})), name  # type: ignore[attr-defined]
                other = next(
                    (
                        s.pk
                        for s in (self.samples.own, self.samples.partner)
                        if isinstance(s, f.related_model) and s.pk != getattr(instance, f.attname)
                    ),
                    None,
                )  # type: ignore[arg-type,attr-defined]
                if other is None:
                    continue
                assert mark not in body(self.listed(**{name: other})), name
            if f"{name}_from" in filters.base_filters and (day := getattr(instance, name)) is not None:
                first = getattr(day, "first", day)
                assert mark in body(self.listed(**{f"{name}_from": first.strftime("%d/%m/%Y")}))
                assert mark not in body(self.listed(**{f"{name}_from": "30/12/2200"}))
                assert mark not in body(self.listed(**{f"{name}_to": "01/01/1900"}))
                assert mark in body(self.listed(**{f"{name}_to": "01/01/2200"}))

    def _stored(self, instance: Any, name: str) -> list[str] | None:
        """By which values a filter of choices finds a record; None where the filter has a rule of its own."""
        if hasattr(self.screen, f"filter_{name}") or name == "overdue":
            return None
        if name in ("access", "confidence"):
            return [getattr(instance.record, name) or "none"]
        if name == "unit":
            return [str(instance.record.unit_id)]
        if name == "tags":
            return [str(t.pk) for t in instance.record.tags.all()]
        f: Any = self.screen.own_fields.get(name)
        if f is None or is_key_to_record(f):
            return None
        value = getattr(instance, f.attname)
        if isinstance(f, models.BooleanField):
            return [str(value).lower()]
        return [str(v) for v in value] if isinstance(value, list) else [str(value)]

    def test_pages_of_fifty(self) -> None:
        """Every row stands on one page; numbers beyond the end or not numbers are pages too."""
        self.several(53)
        rows = list(self.screen.model._default_manager.filter(record__archived_at=None))
        first, second = body(self.listed()), body(self.listed(page=2))
        on_first = [r for r in rows if f'href="{r.get_absolute_url()}"' in first]
        on_second = [r for r in rows if f'href="{r.get_absolute_url()}"' in second]
        assert len(on_first) == 50
        assert len(on_second) == len(rows) - 50
        assert not {r.pk for r in on_first} & {r.pk for r in on_second}
        for page in ("abc", "0", "-1", "99999999999999999999999", "2.5", ""):
            self.listed(page=page)

    def test_queries_do_not_grow_with_the_rows(self) -> None:
        """As many queries for forty rows as for four."""
        self.several(3)
        self.listed()
        with CaptureQueriesContext(
            connection,
        ) as few:
            self.listed()
        self.several(40)
        with CaptureQueriesContext(connection) as many:
            self.listed()
        assert len(many) <= max(len(few), 10)

    # --- one record ---------------------------------------------------------------------------------

    def test_the_page_shows_every_value(self) -> None:
        instance = self.enter()
        answer = self.staff.client("viewer").get(instance.get_absolute_url())
        assert answer.status_code == 200
        for name, f in self.screen.own_fields.items():
            value = getattr(instance, name)
            if isinstance(value, bool) or value in (None, "", []):
                continue
            said = plain(f, value, self.staff.viewer)
            for part in said.split(", ") if isinstance(value, list) else [said]:
                assert shows(answer, part), f"{name}: {part}"
        for name, row in self.rows.items():
            for value in row.values():
                if isinstance(value, str) and " " in value:
                    assert shows(answer, value), f"{name}: {value}"

    def test_entering(self) -> None:
        """The form has every field; what is sent is stored, found, remembered, and can be edited."""
        page = self.as_officer.get(self.new_url)
        form = form_with(page, "title")
        assert set(self.values) - {*form.values, *form.files, *self._boxes()} == set()
        instance = self.enter()
        assert instance.record.created_by == self.staff.officer
        assert instance.record.unit == self.staff.unit
        for name in self.rows:
            rows = write.load_children(self.screen, instance.pk)[name]
            assert len(rows) == 1, name
        change = instance.record.changes.get()
        assert (change.verb, change.actor, change.version) == ("create", self.staff.officer, 1)
        assert change.diff["title"] == [None, self.title]
        assert shows(self.as_officer.get(url("search"), {"q": self.title}), self.title)
        shown = form_with(self.as_officer.get(url("edit", instance.pk)), "title", "version")
        for name, value in self.typed().items():
            if name in shown.values and not name.endswith(("_FORMS", "-id")) and value not in ("", "on"):
                expected = value if isinstance(value, list) else [str(value)]
                assert shown.values[name] == expected, name

    def _boxes(self) -> set[str]:
        return {n for n, f in self.screen.own_fields.items() if isinstance(f, models.BooleanField)} | {
            n for n, f in self.screen.own_fields.items() if type(f).__name__ == "CodesField"
        }

    def test_what_is_wrong_is_said_and_kept(self) -> None:
        """Without a needed value nothing is saved, and all that was typed is still in the form."""
        before = row_counts()
        wrong = self.typed(title="", **({"text": ""} if self.kind == "document" else {}))
        answer = self.as_officer.post(self.new_url, wrong)
        assert answer.status_code == 422
        assert row_counts() == before
        again = form_with(answer, "title")
        for name, value in wrong.items():
            if name in again.values and value not in ("", "on"):
                assert again.values[name] == (value if isinstance(value, list) else [str(value)]), name

    def test_editing(self) -> None:
        """One change: one version more, and only that field in the history."""
        instance = self.enter()
        name, new, _other = self.change
        form = form_with(self.as_officer.get(url("edit", instance.pk)), "title", "version")
        old = getattr(instance, name)
        answer = form.send(self.as_officer, **{name: new, "reason": "theo công văn mẫu"})
        assert answer.status_code == 302, body(answer)
        saved = made(self.title)
        assert getattr(saved, name) == new
        assert saved.record.version == 2
        change = saved.record.changes.first()
        assert (change.verb, change.diff, change.reason) == ("edit", {name: [old, new]}, "theo công văn mẫu")
        assert shows(self.as_officer.get(instance.get_absolute_url()), new)
        # Saving once more without a change writes nothing.
        before = row_counts()
        form = form_with(self.as_officer.get(url("edit", instance.pk)), "title", "version")
        assert form.send(self.as_officer).status_code == 302
        assert row_counts() == before
        assert made(self.title).record.version == 2

    def test_two_people_edit_the_same_record(self) -> None:
        """The second sees both versions, nothing is saved or lost, and saving again decides."""
        instance = self.enter()
        name, theirs, mine = self.change
        lead = self.staff.client("lead")
        first = form_with(self.as_officer.get(url("edit", instance.pk)), "title", "version")
        second = form_with(lead.get(url("edit", instance.pk)), "title", "version")
        tagged = {"tags": "ưu tiên", "confidence": "high"}
        assert first.send(self.as_officer, **{name: theirs, **tagged}).status_code == 302
        before = row_counts()
        answer = second.send(lead, **{name: mine, "title": "Tiêu đề của người thứ hai"})
        assert answer.status_code == 409
        assert row_counts() == before
        for text in (theirs, mine, "Tiêu đề của người thứ hai", self.staff.officer.name):
            assert shows(answer, text), text
        again = form_with(answer, "title", "version")
        assert again.values[name] == [mine]
        assert again.values["confidence"] == ["high"], "what only the first changed is taken over"
        assert again.values["tags"] == ["ưu tiên"], "the first one's tags are taken over"
        assert again.send(lead).status_code == 302
        saved = made("Tiêu đề của người thứ hai")
        assert getattr(saved, name) == mine
        assert saved.record.confidence == "high"
        assert [t.name for t in saved.record.tags.all()] == ["ưu tiên"]
        assert [c.diff.get(name) for c in saved.record.changes.exclude(verb="create")] == [
            [theirs, mine],
            [getattr(instance, name), theirs],
        ]

    def test_two_people_edit_the_rows_of_a_record(self) -> None:
        """Rows follow the same rule: the first one's rows stay, the second one's are still typed in."""
        child = self.screen.all_children[-1]
        assert child.name == "names"
        instance = self.enter()
        lead = self.staff.client("lead")
        first = form_with(self.as_officer.get(url("edit", instance.pk)), "title", "version")
        second = form_with(lead.get(url("edit", instance.pk)), "title", "version")
        at = int(first.values["names-TOTAL_FORMS"][0])
        one_more = {"names-TOTAL_FORMS": at + 1, f"names-{at}-kind": "other"}
        assert first.send(self.as_officer, **one_more, **{f"names-{at}-text": "Tên của người đầu"}).status_code == 302
        answer = second.send(lead, **one_more, **{f"names-{at}-text": "Tên của người sau"})
        assert answer.status_code == 409
        again = form_with(answer, "title", "version")
        assert ["Tên của người sau"] in again.values.values()
        assert again.send(lead).status_code == 302
        texts = set(instance.record.names.values_list("text", flat=True))
        assert texts >= {"Tên của người đầu", "Tên của người sau"}

    def test_archiving_and_bringing_back(self) -> None:
        """A reason is needed; archived records leave the list and come back."""
        instance = self.enter()
        assert self.as_officer.post(url("archive", instance.pk), {"reason": " "}).status_code == 302
        assert made(self.title).record.archived_at is None
        self.as_officer.post(url("archive", instance.pk), {"reason": "nhập trùng"})
        assert made(self.title).record.archived_at is not None
        assert not shows(self.listed(), self.title)
        assert shows(self.listed(archived="only"), self.title)
        assert self.as_officer.get(instance.get_absolute_url()).status_code == 200
        self.as_officer.post(url("restore", instance.pk))
        assert made(self.title).record.archived_at is None
        assert shows(self.listed(), self.title)
        assert [c.verb for c in instance.record.changes.all()] == ["restore", "archive", "create"]

    # --- history ------------------------------------------------------------------------------------

    def test_history_and_undo(self) -> None:
        """Who changed what from what to what is shown, and one step takes it back."""
        instance = self.enter()
        name, new, _other = self.change
        old = getattr(instance, name)
        form = form_with(self.as_officer.get(url("edit", instance.pk)), "title", "version")
        form.send(self.as_officer, **{name: new})
        page = self.staff.client("viewer").get(url("history", instance.pk))
        for text in (self.staff.officer.name, new, old):
            assert shows(page, text), text
        today = Change.objects.first().at.astimezone().strftime("%d/%m/%Y")  # type: ignore[union-attr]
        assert self.as_officer.get(url("as_of", instance.pk), {"day": today}).status_code == 200
        change = instance.record.changes.first()
        assert self.staff.client("viewer").post(url("undo", instance.pk, change.pk)).status_code == 403
        assert self.as_officer.post(url("undo", instance.pk, change.pk)).status_code == 302
        assert getattr(made(self.title), name) == old
        assert instance.record.changes.first().undoes == change

    # --- roles and units ----------------------------------------------------------------------------

    def test_who_may_see_and_change_what(self) -> None:
        """An internal record of a unit: everybody signed in reads it, its officers and leads change it."""
        pk = self.enter().pk
        for who in ROLES:
            client = self.staff.client(who)
            for door in READ:
                expected = 302 if who == "anonymous" else 200
                assert client.get(url(door, pk)).status_code == expected, (who, door)
            for door in WRITE:
                expected = 302 if who == "anonymous" else 200 if who in EDITING else 403
                assert client.get(url(door, pk)).status_code == expected, (who, door)
            expected = 302 if who == "anonymous" else 403 if who == "viewer" else 200
            assert client.get(self.new_url).status_code == expected, who

    def test_those_who_may_not_change_nothing(self) -> None:
        instance = self.enter()
        before = row_counts()
        data = {**self.typed(title="Đổi trộm"), "version": 1}
        for who in ("viewer", "other"):
            client = self.staff.client(who)
            assert client.post(url("edit", instance.pk), data).status_code == 403
            assert client.post(url("archive", instance.pk), {"reason": "x"}).status_code == 403
            assert client.post(url("restore", instance.pk)).status_code == 403
        assert self.staff.client("viewer").post(self.new_url, data).status_code == 403
        assert row_counts() == before

    def test_a_restricted_record_does_not_exist_elsewhere(self) -> None:
        """People of another unit get the answer of a record that was never made."""
        pk = self.enter(access="unit", title="Hồ sơ kín của phòng").pk
        for who in ("other", "other_lead"):
            client = self.staff.client(who)
            for door in (*READ, *WRITE):
                assert client.get(url(door, pk)).status_code == 404, (who, door)
            for door in ("edit", "archive", "restore"):
                assert client.post(url(door, pk), {"reason": "x"}).status_code == 404, (who, door)
            assert not shows(self.listed(who), "Hồ sơ kín của phòng")
            assert not shows(self.listed(who, q="kín của phòng"), "Hồ sơ kín của phòng")
        for who in ("viewer", "officer", "lead", "administrator"):
            assert shows(self.listed(who), "Hồ sơ kín của phòng"), who

    def test_nobody_hides_a_record_from_themselves(self) -> None:
        """A record cannot be put where its author would not see it."""
        data = self.typed(title="Cất nhầm chỗ", access="unit", unit=self.staff.other_unit.pk)
        for who in ("officer", "lead"):
            answer = self.staff.client(who).post(self.new_url, data)
            assert answer.status_code in (403, 422), who
            assert made("Cất nhầm chỗ") is None

    # --- export and import --------------------------------------------------------------------------

    def exported(self, form: str, who: str = "viewer", **query: Any) -> bytes:
        answer = self.staff.client(who).get(url("export", self.screen.slug, form), query)
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]

    def test_export_in_three_forms(self) -> None:
        """Each form has the records that the list has, and none that its reader may not see."""
        self.enter()
        self.enter(access="unit", title="Hồ sơ kín của phòng")
        for who, secret in (("viewer", True), ("other", False)):
            rows = list(csv.reader(io.StringIO(self.exported("csv", who).decode("utf-8-sig")), delimiter=","))
            text = "\n".join(";".join(r) for r in rows)
            book = openpyxl.load_workbook(io.BytesIO(self.exported("xlsx", who)), read_only=True)
            cells = {str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row}
            known = json.loads(self.exported("json", who))
            titles = {r["title"] for r in known["records"]}
            assert self.title in text
            assert self.title in cells
            assert self.title in titles
            for found in (text, "\n".join(cells), json.dumps(known, ensure_ascii=False)):
                assert ("Hồ sơ kín của phòng" in found) == secret, who
        assert self.title not in self.exported("csv", q="khôngcóchữnày").decode()
        answer = self.as_officer.get(url("export", self.screen.slug, "exe"))
        assert answer.status_code == 404

    def test_an_export_comes_back_as_what_is_there_already(self) -> None:
        """Every row of an Excel export is recognised as the record that it came from."""
        if not self.screen.importable:
            assert self.as_officer.get(url("import", self.screen.slug)).status_code in (302, 403, 404)
            return
        self.enter()
        table = read_table(self.exported("xlsx", "officer"), "x.xlsx", known=importing.columns(self.screen))
        mapping = importing.guess_mapping(self.screen, table.headers)
        checked = importing.check(self.screen, table, mapping, self.staff.officer)
        assert checked.errors == []
        assert len(checked.existing) == len(checked.rows)
        assert checked.new == []
        assert checked.left_out == []

    def test_import_through_the_pages(self) -> None:
        """A file is checked, imported as one batch, noticed when sent again, and taken back as one."""
        if not self.screen.importable:
            return
        self.enter()
        data = self.exported("xlsx", "officer", q=self.title)
        write.archive(made(self.title).record, actor=None, reason="để nhập lại")
        before = row_counts()
        page = self.as_officer.get(url("import", self.screen.slug))
        start = next(f for f in forms_of(page) if f.files)
        file = io.BytesIO(data)
        file.name = "danh-sach.xlsx"
        answer = start.send(self.as_officer, **{start.files[0]: file})
        assert answer.status_code == 302, body(answer)
        step = answer.headers["Location"]
        check = self.as_officer.get(step)
        assert check.status_code == 200
        assert shows(check, self.title)
        assert row_counts() == before, "checking saves nothing"
        assert self.staff.client("lead").get(step).status_code == 404, "a waiting file is its sender's"
        assert self.finish_import(step).status_code == 302
        record = Record.objects.get(title=self.title, archived_at=None)
        batch = Batch.objects.get(kind="import")
        # The same file once more: it is noticed, and nothing of it is new.
        counts = row_counts()
        file.seek(0)
        again = start.send(self.as_officer, **{start.files[0]: file}).headers["Location"]
        assert shows(self.as_officer.get(again), batch.title)
        assert self.as_officer.post(again, {"action": "import"}).status_code == 422
        assert row_counts() == counts
        assert record.changes.get().batch == batch
        assert shows(self.as_officer.get(url("imports")), "danh-sach.xlsx")
        assert self.as_officer.get(url("batch", batch.pk)).status_code == 200
        assert self.as_officer.post(url("batch_undo", batch.pk)).status_code == 302
        record.refresh_from_db()
        assert record.archived_at is not None

    def finish_import(self, step: str) -> Any:
        """Press the button of the check page that imports."""
        page = self.as_officer.get(step)
        form = next(f for f in forms_of(page) if f.action.startswith(step) and f.values)
        return form.send(self.as_officer, action="import")


def _choices(bound: Any) -> list[Any]:
    return [v for v, _label in getattr(bound, "choices", ()) if v not in ("", None)]


def _some(bound: Any, stored: list[str] | None) -> list[Any]:
    """The choices of a filter that the record has, and one other."""
    offered = _choices(bound)
    return [v for v in offered if str(v) in (stored or ())] + [v for v in offered if str(v) not in (stored or ())][:1]
