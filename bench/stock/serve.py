"""`python -m bench.stock.serve hello|wagtail PORT`: one process of the same server the product runs.

STOCK_BYTES: the length of what hello says (5: "hello").
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

HELLO = (b"hello " * 200_000)[: int(os.environ.get("STOCK_BYTES") or 5)]


def hello(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(HELLO)))])
    return [HELLO]


def wagtail() -> Any:
    """The stock site with its page made, over tables made for it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.stock.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.db import connections
    from wagtail.models import Page, Site

    from bench.stock.models import StockPage

    call_command("migrate", verbosity=0)
    if not StockPage.objects.exists():
        page = StockPage(title="Tin thử", slug="tin", body="<p>Một đoạn văn.</p>" * 10)
        Page.objects.get(depth=2).add_child(instance=page)
        Site.objects.update(port=80)
    connections.close_all()  # the worker is a fork
    return get_wsgi_application()


def main(which: str, port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    application = hello if which == "hello" else wagtail()
    server = Granian(
        "bench.stock.serve:hello",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=8,
        runtime_blocking_threads=8,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=lambda: application, wrap_loader=False)


if __name__ == "__main__":
    import multiprocessing

    multiprocessing.set_start_method("fork", force=True)
    main(sys.argv[1], int(sys.argv[2]))
