

import diemtua.kit.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('land', '0002_outlines'),
        ('register', '0004_withdrawn_evidence'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SiteSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='name')),
                ('question', models.JSONField()),
                ('note', models.TextField(blank=True, max_length=5000, verbose_name='remarks')),
                ('asked_on', models.DateField(verbose_name='asked on')),
                ('plots', models.PositiveIntegerField()),
                ('fits', models.PositiveIntegerField(verbose_name='plots that fit')),
                ('possible', models.PositiveIntegerField()),
                ('combined', models.PositiveIntegerField(default=0)),
                ('illustrative', models.BooleanField(default=False)),
                ('reasons', models.JSONField(default=list)),
                ('change', models.JSONField(default=list)),
                ('area_ha', diemtua.kit.fields.NumberField(decimal_places=4, max_digits=14, null=True)),
                ('power_mw', diemtua.kit.fields.NumberField(decimal_places=4, max_digits=14, null=True)),
                ('ready_by', models.DateField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('for_record', models.ForeignKey(blank=True, help_text='The partner, enquiry or project it was made for. Whoever may not see that does not see this.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='site_searches', to='register.record', verbose_name='asked by or for')),
            ],
            options={
                'verbose_name': 'search for land',
                'verbose_name_plural': 'searches for land',
                'ordering': ['-asked_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='SearchShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True)),
                ('ends_on', models.DateField(verbose_name='until')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('search', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='land.sitesearch')),
            ],
            options={
                'verbose_name': 'private link',
                'verbose_name_plural': 'private links',
                'ordering': ['-id'],
            },
        ),
        migrations.AddIndex(
            model_name='sitesearch',
            index=models.Index(fields=['-asked_on', '-id'], name='site_search_newest'),
        ),
    ]
