"""What the newsroom offers in the desk's menu."""

from django.utils.translation import gettext_lazy as _

from diemtua.register.menu import Entry, offer
from diemtua.register.models import Role

offer("work", Entry(_("Newsroom"), "news:newsroom", "message", Role.OFFICER))
