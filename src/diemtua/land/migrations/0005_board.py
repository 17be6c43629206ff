"""What was the same among the parties is the agency that manages the zone. After 0004, for rows and tables are not
changed in one transaction on PostgreSQL."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("land", "0004_parks_once"),
    ]

    operations = [
        migrations.RenameField("zone", "party", "board"),
        migrations.AlterField(
            model_name="zone",
            name="board",
            field=models.ForeignKey(
                blank=True,
                help_text="The agency that is met, that signs or that owes for the zone: its management board, or a department.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="zones",
                to="parties.party",
                verbose_name="managed by",
            ),
        ),
    ]
