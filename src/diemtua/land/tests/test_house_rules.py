"""What is our own rule and no law stands in the rulebook: an administrator sets it from a day on, and it holds."""

from __future__ import annotations

import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from diemtua.land import actions
from diemtua.land.forms.searches import starting_question
from diemtua.land.queries import house
from diemtua.land.queries.answering import answer_to
from diemtua.land.rules.criteria import CRITERIA
from diemtua.land.rules.questions import Question
from diemtua.rulebook.actions import override_rule
from diemtua.testing.pages import Staff, enter, says

pytestmark = pytest.mark.django_db
FROM = datetime.date(2026, 6, 1)


def set_rule(code: str, **numbers: list[float]) -> None:
    """The administrator's own numbers from `FROM` on; what is not named is no longer said."""
    value = [{"code": key, "vi": key, "en": key, "numbers": found} for key, found in numbers.items()]
    override_rule(actor=None, code=code, value=value, valid_from=FROM, valid_to=None, basis="Quy ước thử", reason="thử")


def test_every_criterion_has_bounds_from_the_start() -> None:
    assert set(house.wish_bounds()) == set(CRITERIA)
    assert set(house.starting_weights()) <= set(CRITERIA)


def test_a_new_question_starts_with_the_weights_of_the_province(staff: Staff) -> None:
    set_rule("land.starting_weights", power=[3])
    assert starting_question().weights == {"power": 3}
    page = staff.client("officer").get(reverse("land:match"))
    assert page.context["form"]["w_power"].value() == 3
    assert page.context["form"]["w_port"].value() == 0


def test_an_old_question_keeps_the_bounds_of_its_day() -> None:
    zone = actions.create_zone(actor=None, title="Khu thử điểm", type="industrial_park", access="public")
    capacity: dict[str, Any] = {"utility": "power", "installed": Decimal(50), "allocated": Decimal(0)}
    actions.create_plot(
        actor=None, title="Lô thử điểm", zone=zone, code="D1", access="public", area_ha=Decimal(5),
        children={"capacities": [capacity]},
    )  # fmt: skip
    set_rule("land.wish_bounds", power=[0, 50])

    def score(day: datetime.date) -> int:
        asked = Question(weights={"power": 1, "port": 1}, asked_on=day)
        return answer_to(asked, None, "vi", public=True).ranked[0].score

    assert score(FROM) == 100, "50 MW is all that counts, and a port is no longer weighed"
    assert score(FROM - datetime.timedelta(days=1)) < 80


def test_when_a_figure_is_asked_about_is_for_the_province_to_say(staff: Staff, samples: SimpleNamespace) -> None:
    sentence = (
        "Is this really %(area)s ha? If it was meant in m², write %(meant)s. If it is right, tick “unusual figures "
        "are right” and save again."
    )
    assert enter(staff, samples, "plot", code="H1", area_ha="40").status_code == 302
    set_rule("land.ask_above", plot=[30])
    assert says(enter(staff, samples, "plot", code="H2", title="Lô hỏi lại", area_ha="40"), sentence)
