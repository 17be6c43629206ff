"""Choosing a record of the register in Wagtail's editor: only what the person who writes may see, anywhere in it.

Wagtail would offer every record to every editor: in its list, by number, and in the comparison of versions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.compare import ForeignObjectComparison, TextDiff
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView, ChosenMultipleView, ChosenView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets.chooser import BaseChooser

from diemtua.register.models import Record
from diemtua.register.screens import screen_of
from diemtua.register.search import complete

SHOWN = 50


def shown_to_readers(record: Record) -> bool:
    """Whether readers may be told of a record."""
    return record.access == "public" and record.archived_at is None


def told(record: Record | None) -> str:
    """The title of a record where it cannot be known who looks: only of public ones."""
    if record is None:
        return ""
    return record.title if shown_to_readers(record) else gettext("A record that is not public (No. %s)") % record.pk


class _Words(BaseFilterForm):
    """Words to look for; the records were looked for by the register already (`_Records.get_object_list`)."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)

    def filter(self, objects: Any) -> Any:
        self.search_query = self.cleaned_data.get("q", "")
        self.is_searching = bool(self.search_query)
        return objects


class _Records:
    """What the two views of the list share."""

    request: HttpRequest
    filter_form_class = _Words

    def get_object_list(self) -> list[Record]:
        return complete(self.request.user, self.request.GET.get("q", "").replace("\0", "")[:200], limit=SHOWN)

    def apply_object_list_ordering(self, objects: list[Record]) -> list[Record]:
        return objects  # best first, as the register's search ranks them

    def can_create(self) -> bool:
        return False

    @property
    def columns(self) -> list[Column]:
        return [
            *super().columns,  # type: ignore[misc]
            Column("kind", label=_("Kind"), accessor=lambda r: screen_of(r.kind).name),
            Column("readers", label=_("Readers"), accessor=_of_readers),
        ]


def _of_readers(record: Record) -> str:
    return gettext("see it") if shown_to_readers(record) else gettext("do not see it: it is not public")


class Choose(_Records, ChooseView):
    pass


class ChooseResults(_Records, ChooseResultsView):
    pass


class Chosen(ChosenView):
    def get_object(self, pk: str) -> Record:
        if not pk.isdecimal() or len(pk) > 18:
            raise ObjectDoesNotExist
        return Record.objects.visible_to(self.request.user).get(pk=pk)


class ChosenMultiple(ChosenMultipleView):
    def get_objects(self, pks: Iterable[str]) -> Any:
        numbers = [pk for pk in pks if pk.isdecimal() and len(pk) < 19][:SHOWN]
        return Record.objects.visible_to(self.request.user).filter(pk__in=numbers)


class RecordWidget(BaseChooser):
    """Shows the title of the chosen record; of one the person may not see, that there is one."""

    show_edit_link = False
    user: Any = None  # given by the form

    def get_display_title(self, instance: Record) -> str:
        seen = self.user is not None and Record.objects.visible_to(self.user).filter(pk=instance.pk).exists()
        if not seen:
            return told(instance)
        return instance.title if shown_to_readers(instance) else f"{instance.title} ({_of_readers(instance)})"


class RecordChooser(ChooserViewSet):
    model = Record
    icon = "doc-full"
    page_title = _("Choose a record")
    choose_one_text = _("Choose a record")
    choose_another_text = _("Choose another record")
    choose_view_class = Choose
    choose_results_view_class = ChooseResults
    chosen_view_class = Chosen
    chosen_multiple_view_class = ChosenMultiple
    base_widget_class = RecordWidget

    def get_urlpatterns(self) -> list[Any]:
        return [p for p in super().get_urlpatterns() if p.name != "create"]  # records are made in the desk


chooser = RecordChooser("record_chooser", url_prefix="record-chooser")


class RelatedRecordForm(WagtailAdminModelForm):
    """One line of "Records it speaks of": takes what the person may see, and leaves what stood there already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["record"]
        seen = Record.objects.visible_to(self.for_user) if self.for_user is not None else Record.objects.none()
        field.queryset = Record.objects.filter(Q(pk__in=seen.values("pk")) | Q(pk=self.instance.record_id))
        field.widget.user = self.for_user


class _Comparison(ForeignObjectComparison):
    """Two versions beside each other: Wagtail does not tell who looks, so only public titles are told."""

    def htmldiff(self) -> Any:
        before, after = self.get_objects()
        if before == after:
            return TextDiff([("equal", told(after))]).to_html()
        changes = [("deletion", told(before)), ("addition", told(after))]
        return TextDiff([(what, text) for what, text in changes if text]).to_html()


class RecordsPanel(InlinePanel):
    """The list of records, each line a `RelatedRecordForm` that knows who writes."""

    def get_form_options(self) -> dict[str, Any]:
        options = super().get_form_options()
        options["formsets"][self.relation_name] |= {"form": RelatedRecordForm, "inherit_kwargs": ["for_user"]}
        return options


class RecordPanel(FieldPanel):
    def get_comparison_class(self) -> type[_Comparison]:
        return _Comparison
