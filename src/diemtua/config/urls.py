"""Every address of the product."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from diemtua.api.routes import api, no_such_door
from diemtua.land import urls as land_urls
from diemtua.land.views.searches import shared
from diemtua.portal import appearance, pictures, sitemaps
from diemtua.portal.urls import edited_pages
from diemtua.portal.views import enquirers
from diemtua.projects.views import aid
from diemtua.register import accounts, health

urlpatterns = [
    path("s/<str:token>/", shared, name="shared_search"),
    path("e/<str:token>/", enquirers.state, name="enquiry_state"),
    path("r/<str:token>/", enquirers.pack, name="reply_pack"),
    path("iati/activities.xml", aid.published, name="iati_file"),
    path("ogc/", include(land_urls.features_api)),
    path("api/v1/", api.urls),
    path("api/<path:rest>", no_such_door),
    path("healthz", health.healthz, name="healthz"),
    path("account/", include("diemtua.register.account_urls")),
    path("i18n/setlang/", accounts.set_language, name="set_language"),
    path("desk/rules/", include("diemtua.rulebook.urls")),
    path("desk/places/", include("diemtua.places.urls")),
    path("desk/", include("diemtua.api.urls")),
    path("desk/", include("diemtua.portal.desk_urls")),
    path("desk/", include("diemtua.insight.urls")),
    path("desk/", include("diemtua.sources.urls")),
    path("desk/", include("diemtua.instruments.urls")),
    path("desk/", include("diemtua.land.urls")),
    path("desk/", include("diemtua.engagements.urls")),
    path("desk/", include("diemtua.projects.urls")),
    path("desk/", include("diemtua.news.desk_urls")),
    path("desk/", include("diemtua.register.desk.urls")),
    path("cms/", include("diemtua.portal.cms")),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-pages.xml", sitemaps.pages, name="sitemap_pages"),
    path("sitemap-<int:year>-<int:month>.xml", sitemaps.month, name="sitemap_month"),
    path("news-sitemap.xml", sitemaps.news, name="news_sitemap"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("media/<path:path>", pictures.picture, name="picture"),
    path("appearance/", appearance.choose, name="appearance"),
    path("", include("diemtua.portal.urls")),
    *i18n_patterns(*edited_pages, prefix_default_language=False),  # last: it takes what is left
]
handler400 = "diemtua.register.health.bad_request"
handler403 = "diemtua.register.health.forbidden"
handler404 = "diemtua.portal.views.serving.not_found"
handler429 = "diemtua.register.accounts.too_many"  # asked for by allauth
handler500 = "diemtua.register.health.server_error"
