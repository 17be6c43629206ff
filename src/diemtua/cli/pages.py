"""What a restore owes the public site's pages beyond their rows: names of models and rights, the index of search."""

from __future__ import annotations

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.management import create_contenttypes
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import models
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Locale, Page

Rows = dict[type[models.Model], list[models.Model]]


def groundwork() -> Rows:
    """What migrations put there before there is a site. Backups made before there were pages do not hold it."""
    roots = list(Page.objects.filter(depth=1))
    for root in roots:
        root.numchild, root.owner_id, root.locked_by_id, root.latest_revision_id = 0, None, None, None
    found: Rows = {
        ContentType: list(ContentType.objects.order_by("pk")),
        Permission: list(Permission.objects.order_by("pk")),
        Group: list(Group.objects.order_by("pk")),
        Group.permissions.through: list(Group.permissions.through.objects.all()),
        Page: roots,
        Collection: list(Collection.objects.filter(depth=1)),
        GroupPagePermission: list(GroupPagePermission.objects.filter(page__depth=1)),
        GroupCollectionPermission: list(GroupCollectionPermission.objects.filter(collection__depth=1)),
    }
    locales = {root.locale_id for root in roots}
    return {Locale: list(Locale.objects.filter(pk__in=locales)), **found}


def lay(rows: Rows) -> None:
    """Put back what `groundwork` found."""
    for model, found in rows.items():
        model._base_manager.bulk_create(found)


def finish() -> None:
    """Name the models that are newer than the backup, and index all pages, as part of the same transaction."""
    ContentType.objects.clear_cache()
    for config in apps.get_app_configs():
        if config.label != "wagtailsearch":  # its models differ between the engines, and nobody may do anything to them
            create_contenttypes(config, verbosity=0)
            create_permissions(config, verbosity=0)
    call_command("update_index", verbosity=0)
