"""Articles go with the record they name when two records become one, and come back with it."""

from __future__ import annotations

from collections.abc import Callable

from diemtua.news.models import ArticlePage, RelatedRecord
from diemtua.register import write
from diemtua.register.merging import merge, unmerge
from diemtua.testing.pages import Staff


def test_an_article_follows_its_record_and_names_it_once(article: Callable[..., ArticlePage], staff: Staff) -> None:
    keep, drop = (
        write.create("party", actor=staff.lead, fields={"title": title, "kind": "company", "access": "public"})
        for title in ("Công ty Trăng Khuyết", "Cty Trăng Khuyết")
    )
    one, both = article("Chỉ nêu một"), article("Nêu cả hai")
    RelatedRecord.objects.create(page=one, record=drop.record)
    RelatedRecord.objects.bulk_create([RelatedRecord(page=both, record=p.record) for p in (keep, drop)])
    batch = merge(actor=staff.lead, keep=keep, drop=drop, reason="Cùng một công ty")
    named = RelatedRecord.objects.filter(record=keep.pk)
    assert sorted(named.values_list("page__title", flat=True)) == ["Chỉ nêu một", "Nêu cả hai"]
    unmerge(actor=staff.lead, batch=batch)
    assert list(RelatedRecord.objects.filter(page=one).values_list("record", flat=True)) == [drop.pk]
    assert set(RelatedRecord.objects.filter(page=both).values_list("record", flat=True)) == {keep.pk, drop.pk}
