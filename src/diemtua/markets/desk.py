"""The register of export markets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_filters
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from diemtua.places.models import Bloc
from diemtua.register import merging
from diemtua.register.desk import services
from diemtua.register.desk.display import NOT_KNOWN, badge, plain
from diemtua.register.models import Stage, User
from diemtua.register.screens import Screen, Section, register

from . import actions
from .models import Market
from .queries import EXPORTS, home_exporter, newest_exports


@register
class MarketScreen(Screen):
    kind = "market"
    model = Market
    slug = "markets"
    icon = "world"
    stage = "outcome"
    sections = (
        Section(_("About"), ("title", "standing", "country", "bloc", "exporter", "since", "products", "note")),
        Section(_("Keeping"), ("access", "unit", "confidence")),
    )
    labels = {"title": _("name of the market"), EXPORTS: services.measure_label(EXPORTS)}
    columns = ("title", "standing", "exporter", "products", EXPORTS, "confidence")
    filters = ("standing", "country", "bloc", "exporter", "confidence", "access", "unit", "tags")
    orderings = {
        "title": ("record__sort_key", "pk"),
        "entered": ("-pk",),
    }
    import_names = {
        "title": ("tên", "thị trường", "thị trường xuất khẩu", "market"),
        "standing": ("phân loại", "loại thị trường", "nhóm thị trường"),
        "country": ("nước", "nước nhập khẩu", "quốc gia nhập khẩu"),
        "bloc": ("khối", "khu vực", "khối nước"),
        "exporter": ("đơn vị xuất khẩu", "doanh nghiệp xuất khẩu", "nhà xuất khẩu"),
        "since": ("từ năm", "năm bắt đầu", "xuất khẩu từ năm"),
        "products": ("mặt hàng", "mặt hàng chủ lực", "sản phẩm", "sản phẩm xuất khẩu"),
        "note": ("ghi chú",),
    }
    # Two rows of one name are two markets where they differ in one of these.
    identity = ("country", "bloc", "exporter")
    search_fields = ("products", "note")
    measures = (EXPORTS,)

    def more_search_text(self, instance: Market) -> str:
        """The names of the place in both languages: "Japan" finds the market of Nhật Bản."""
        places = (p for p in (instance.country, instance.bloc) if p is not None)
        return " ".join(name for p in places for name in (p.name_vi, p.name_en))

    def subtitle(self, instance: Market) -> str:
        return instance.get_standing_display()

    def initial(self, user: Any, query: Mapping[str, str]) -> dict[str, Any]:
        """Our own province is the usual exporter."""
        given = super().initial(user, query)
        if "exporter" not in given and (own := home_exporter(user)) is not None:
            given["exporter"] = own.pk
        return given

    def fact_country(self, instance: Market, user: User) -> Any:
        """Not said to be unknown where the market is a bloc."""
        return str(instance.country or "") if instance.bloc_id is None else None

    def fact_bloc(self, instance: Market, user: User) -> Any:
        return str(instance.bloc) if instance.bloc_id is not None else None

    def cell_exports(self, instance: Market, user: User) -> Any:
        """The newest value with its day; its stage where it is only a plan or a promise."""
        figure = newest_exports(getattr(instance.record, EXPORTS, []))
        if figure is None:
            return NOT_KNOWN
        value = figure.wording if figure.value is None else plain(None, figure.value, user)
        day = plain(None, figure.as_of, user)
        stage = "" if figure.stage == Stage.IMPLEMENTED else badge(figure.stage, figure.get_stage_display())
        return format_html(
            '<div>{} {} {}<div class="small text-secondary">{}</div></div>', value, figure.unit, stage, day
        )

    def filter_bloc(self, label: Any) -> django_filters.Filter:
        """The bloc and its countries as of today: what falls under EVFTA, where ASEAN stands."""

        def within(queryset: Any, _name: str, code: str) -> Any:
            return queryset.within(code, timezone.localdate())

        return django_filters.ChoiceFilter(
            method=within, label=label, choices=lambda: [(b.pk, str(b)) for b in Bloc.objects.all()]
        )


services.use_actions(
    "market",
    create=services.spread(actions.create_market),
    update=services.spread(actions.update_market),
    create_many=services.in_bulk("market", alone=lambda draft: actions.names_no_place(draft.fields)),
)

merging.declare("markets.Market.exporter")
