"""A park is a zone and no party. What stood twice is joined: companies that were parts of the party are in the zone, the
party's other names go to the zone, and the party is put into the archive, where its history and proof stay to be seen.
A park that stood among the parties alone becomes one of the kind "other"; an officer enters it as a zone.
"""

from django.db import migrations
from django.utils import timezone

REASON = "Khu chỉ còn đứng một lần, trong sổ các khu; hồ sơ đối tác cùng tên được đưa vào kho lưu."


def join(apps, schema_editor):
    Zone, Party = apps.get_model("land", "Zone"), apps.get_model("parties", "Party")
    Record, Change = apps.get_model("register", "Record"), apps.get_model("register", "Change")
    Name, Link = apps.get_model("register", "Name"), apps.get_model("register", "Link")
    for zone in Zone.objects.filter(party__kind="zone").order_by("pk"):
        inside = Party.objects.filter(parent=zone.party_id).exclude(kind="zone")
        members = list(inside)
        for member in members:
            diff = {"parent": [member.parent_id, None], "site": [None, zone.pk]}
            Change.objects.create(record_id=member.pk, verb="edit", reason=REASON, diff=diff)
        inside.update(site=zone.pk, parent=None)
        Link.objects.filter(relation="party.parent", target=zone.party_id, source__in=[m.pk for m in members]).update(
            relation="party.site", target=zone.pk
        )
        have = set(Name.objects.filter(record=zone.pk).values_list("key", flat=True))
        Name.objects.filter(record=zone.party_id).exclude(key__in=have).update(record=zone.pk)
        if Record.objects.filter(pk=zone.party_id, archived_at=None).update(archived_at=timezone.now()):
            Change.objects.create(record_id=zone.party_id, verb="archive", reason=REASON)
        zone.party = None
        zone.save(update_fields=["party"])
    Party.objects.filter(kind="zone").update(kind="other")


class Migration(migrations.Migration):
    dependencies = [
        ("land", "0003_searches"),
        ("parties", "0006_site"),
    ]

    operations = [
        migrations.RunPython(join, migrations.RunPython.noop, elidable=True),
    ]
