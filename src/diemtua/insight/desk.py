"""What this room adds to the menu of the desk."""

from django.utils.translation import gettext_lazy as _

from diemtua.register import menu

menu.offer("", menu.Entry(_("My day"), "insight:my_day", "sun"))
