"""What the newsroom adds to Wagtail's editor."""

from __future__ import annotations

from wagtail import hooks

from .choosing import RecordChooser, chooser


@hooks.register("register_admin_viewset")
def choose_a_record() -> RecordChooser:
    return chooser
