"""The search index and the append-only rule, kept by the database itself."""

from django.db import migrations

from diemtua.register import database


def install(apps, schema_editor):
    database.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
