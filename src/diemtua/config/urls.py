"""Every address of the product."""

from django.urls import include, path
from django.views.generic import RedirectView

from diemtua.register import health

urlpatterns = [
    path("", RedirectView.as_view(url="/desk/"), name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("account/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("desk/rules/", include("diemtua.rulebook.urls")),
    path("desk/places/", include("diemtua.places.urls")),
    path("desk/", include("diemtua.insight.urls")),
    path("desk/", include("diemtua.register.desk.urls")),
]
handler400 = "diemtua.register.health.bad_request"
handler403 = "diemtua.register.health.forbidden"
handler404 = "diemtua.register.health.not_found"
handler500 = "diemtua.register.health.server_error"
