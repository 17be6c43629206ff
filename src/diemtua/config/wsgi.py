"""The WSGI application the server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diemtua.config.settings")
application = get_wsgi_application()
