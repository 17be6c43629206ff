"""The fields on a real table of whichever engine runs the tests."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models.functions import Left, Right
from django.test.utils import isolate_apps
from django.utils import translation

from diemtua.kit.dates import PartialDate, parse_date
from diemtua.kit.fields import DecimalInputField, NumberField, PartialDateField, PartialDateFormField
from diemtua.kit.text import sort_key


@pytest.fixture
def promise(db: None) -> Iterator[Any]:
    """A model with both fields, its table made inside the test's transaction and rolled back with it."""
    with isolate_apps("django.contrib.contenttypes"):

        class Promise(models.Model):
            due = PartialDateField()
            signed = PartialDateField(null=False, blank=True)
            due_last = models.GeneratedField(
                expression=Right("due", 10), output_field=models.CharField(max_length=10), db_persist=True
            )
            amount = NumberField(null=True, blank=True)
            key = models.CharField(max_length=200, blank=True)

            class Meta:
                app_label = "contenttypes"

            def __str__(self) -> str:
                return str(self.pk)

        sql, params = connection.SchemaEditorClass(connection).table_sql(Promise)  # type: ignore[attr-defined]
        with connection.cursor() as cursor:
            cursor.execute(sql, params or None)
        yield Promise


TEXTS = ["4/11/2021", "11/2021", "quý IV/2021", "2021", "25-27/3/2024", "2022"]


def test_stores_and_orders(promise: Any) -> None:
    dates = [parse_date(text) for text in TEXTS]
    promise.objects.bulk_create([promise(due=due, signed="1/1/2020") for due in [*dates, None]])
    assert list(promise.objects.exclude(due=None).order_by("due").values_list("due", flat=True)) == sorted(dates)
    found = promise.objects.get(due="quý 4 năm 2021")
    assert found.due == PartialDate.quarter(2021, 4)
    assert found.due_last == "2021-12-31"
    assert found.signed == PartialDate.day(date(2020, 1, 1))
    assert promise.objects.get(due__isnull=True).due_last is None


def test_sort_keys_order_alike_on_every_engine(promise: Any) -> None:
    names = [
        "Ý Yên",
        "Đà Nẵng",
        "An Giang",
        "ba xa",
        "bà an",
        "ba",
        "2 b",
        "10 a",
        "hoà b",
        "hòa",
        "Ăn",
        "Ân",
        "한국",
    ]
    names += ["dạ", "da", "đa", "Hưng Yên", "Huế", "Quảng Trị", "Quảng Ngãi", "x-y", "xy", "b1", "bz", "b"]
    keys = [sort_key(name) for name in names]
    promise.objects.bulk_create([promise(key=key, signed="2020") for key in keys])
    assert list(promise.objects.order_by("key").values_list("key", flat=True)) == sorted(keys)
    assert promise.objects.filter(key__gt=sort_key("hòa")).count() == sum(key > sort_key("hòa") for key in keys)


def test_compares_with_days_dates_and_text(promise: Any) -> None:
    promise.objects.bulk_create([promise(due=text, signed=text) for text in TEXTS])

    def texts(**lookup: Any) -> set[str]:
        return {str(p.due) for p in promise.objects.filter(**lookup)}

    with translation.override("vi"):
        assert texts(due__gte=date(2022, 1, 1)) == {"2022", "25/03/2024 – 27/03/2024"}
        assert texts(due__lt="1/11/2021") == {"2021", "quý IV/2021"}
        assert texts(due__in=["2021", PartialDate.month(2021, 11)]) == {"2021", "11/2021"}
        assert texts(due__range=("1/10/2021", "4/11/2021")) == {"quý IV/2021", "11/2021", "04/11/2021"}
        assert texts(due__startswith="2021-11") == {"11/2021", "04/11/2021"}
    over = promise.objects.annotate(last=Right("due", 10), first=Left("due", 10)).filter(last__lt="2022-01-01")
    assert over.count() == 4


def test_wrong_values_never_reach_the_table(promise: Any) -> None:
    with pytest.raises(ValidationError, match="31"):
        promise.objects.create(due="31/02/2023", signed="2023")
    with pytest.raises(ValidationError):
        promise(due="hôm qua", signed="2023").full_clean()
    promise(due="ngày 4 tháng 11 năm 2021", signed="quý IV năm 2021").full_clean()


def test_goes_through_fixtures_and_migrations(promise: Any) -> None:
    field = promise._meta.get_field("due")
    assert field.value_to_string(promise(due=parse_date("2021"))) == "2021-01-01/2021-12-31"
    assert field.to_python("2021-01-01/2021-12-31") == PartialDate.year(2021)
    assert field.value_to_string(promise()) == ""
    assert field.deconstruct()[1:] == ("diemtua.kit.fields.PartialDateField", [], {})
    assert promise._meta.get_field("signed").deconstruct()[3] == {"null": False, "blank": True}
    for name in ("due", "signed", "amount"):
        field = promise._meta.get_field(name)
        clone = field.clone()
        assert (clone.null, clone.blank, clone.deconstruct()[1:]) == (
            field.null,
            field.blank,
            field.deconstruct()[1:],
        )


class DateForm(forms.Form):
    when = PartialDateFormField()
    amount = DecimalInputField(max_digits=8, decimal_places=2, required=False)


def test_a_form_keeps_what_was_typed() -> None:
    with translation.override("en"):
        form = DateForm({"when": "31/02/2023", "amount": "1.2.3,4"})
        assert form.errors["when"] == ["There is no day 31 in month 2 of 2023."]
        assert "not a number" in form.errors["amount"][0]
    assert 'value="31/02/2023"' in str(form["when"])
    assert 'placeholder="dd/MM/yyyy"' in str(form["when"])
    assert 'value="1.2.3,4"' in str(form["amount"])


@pytest.mark.parametrize(("lang", "shown"), [("vi", "1.234,5"), ("en", "1,234.5")])
def test_a_form_reads_both_conventions_and_shows_one(lang: str, shown: str) -> None:
    with translation.override(lang):
        initial = {"when": PartialDate.quarter(2021, 4), "amount": Decimal("1234.5000")}
        fresh = DateForm(initial=initial)
        assert f'value="{shown}"' in str(fresh["amount"])
        for text in ("1.234,5", "1,234.5", "1234,5"):
            form = DateForm({"when": "2021-Q4", "amount": text}, initial=initial)
            assert form.is_valid(), form.errors
            assert form.cleaned_data == {"when": PartialDate.quarter(2021, 4), "amount": Decimal("1234.5")}
            assert not form.has_changed()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_language_decides_what_cannot_be_told(lang: str) -> None:
    with translation.override(lang):
        field = DecimalInputField()
        assert field.clean("1.234") == Decimal("1234" if lang == "vi" else "1.234")
        assert field.clean("1,234") == Decimal("1.234" if lang == "vi" else "1234")


def test_form_limits_still_hold() -> None:
    assert not DateForm({"when": "2021", "amount": "1234567,5"}).is_valid()
    assert DateForm({"when": "2021", "amount": " "}).is_valid()


def test_model_form_fields() -> None:
    assert isinstance(PartialDateField().formfield(), PartialDateFormField)
    assert isinstance(NumberField(max_digits=5, decimal_places=1).formfield(), DecimalInputField)
