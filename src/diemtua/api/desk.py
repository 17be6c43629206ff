"""What this room adds to the menu of the desk."""

from django.utils.translation import gettext_lazy as _

from diemtua.register import menu
from diemtua.register.models import Role

menu.offer(
    "work",
    menu.Entry(_("Tokens and API"), "api:tokens", "key", also=("api:reference",)),
    menu.Entry(_("Webhooks"), "api:webhooks", "send", Role.ADMINISTRATOR, ("api:webhook", "api:webhook_new")),
)
