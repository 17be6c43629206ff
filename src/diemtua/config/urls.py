"""Every address of the product."""

from django.urls import include, path
from django.views.generic import RedirectView

from diemtua.land import urls as land_urls
from diemtua.land.views.searches import shared
from diemtua.projects.views import aid, care
from diemtua.projects.views import public as enquirers
from diemtua.register import accounts, health

urlpatterns = [
    path("", RedirectView.as_view(url="/desk/"), name="home"),
    path("s/<str:token>/", shared, name="shared_search"),
    path("enquire/", enquirers.enquire, name="enquire"),
    path("e/<str:token>/", enquirers.state, name="enquiry_state"),
    path("r/<str:token>/", enquirers.pack, name="reply_pack"),
    path("care/", care.solved, name="care_solved"),
    path("iati/activities.xml", aid.published, name="iati_file"),
    path("ogc/", include(land_urls.features_api)),
    path("healthz", health.healthz, name="healthz"),
    path("account/", include("diemtua.register.account_urls")),
    path("i18n/setlang/", accounts.set_language, name="set_language"),
    path("desk/rules/", include("diemtua.rulebook.urls")),
    path("desk/places/", include("diemtua.places.urls")),
    path("desk/", include("diemtua.insight.urls")),
    path("desk/", include("diemtua.sources.urls")),
    path("desk/", include("diemtua.instruments.urls")),
    path("desk/", include("diemtua.land.urls")),
    path("desk/", include("diemtua.engagements.urls")),
    path("desk/", include("diemtua.projects.urls")),
    path("desk/", include("diemtua.register.desk.urls")),
]
handler400 = "diemtua.register.health.bad_request"
handler403 = "diemtua.register.health.forbidden"
handler404 = "diemtua.register.health.not_found"
handler429 = "diemtua.register.accounts.too_many"  # asked for by allauth
handler500 = "diemtua.register.health.server_error"
