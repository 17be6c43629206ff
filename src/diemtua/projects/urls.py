"""Addresses of the room; each subject adds its own."""

from django.urls import path

from .views import aid, care, enquiries, maps, projects, reports

app_name = "projects"
urlpatterns = [
    path("projects/board/", projects.board, name="board"),
    path("projects/map/", maps.project_map, name="map"),
    path("projects/funnel/", projects.funnel, name="funnel"),
    path("projects/gates/", projects.gate_table, name="gates"),
    path("projects/reports/", reports.reporters, name="reporters"),
    path("projects/reports/form.xlsx", reports.workbook, name="workbook"),
    path("projects/reports/upload/", reports.upload, name="upload"),
    path("r/<int:pk>/stage/", projects.move, name="move"),
    path("r/<int:pk>/amendment/", projects.amend, name="amend"),
    path("r/<int:pk>/progress/", projects.project_progress, name="progress"),
    path("r/<int:pk>/report/back/", reports.send_back, name="report-back"),
    path("r/<int:pk>/report/<slug:to>/", reports.step, name="report-step"),
    path("enquiries/waiting/", enquiries.waiting, name="enquiries-waiting"),
    path("enquiries/mail/", enquiries.mail, name="enquiry-mail"),
    path("enquiries/files/<int:pk>/", enquiries.file, name="enquiry-file"),
    path("r/<int:pk>/enquiry/<slug:name>/", enquiries.step, name="enquiry-step"),
    path("r/<int:pk>/enquiry/now/<slug:name>/", enquiries.at_once, name="enquiry-now"),
    path("r/<int:pk>/pack/", enquiries.pack, name="pack"),
    path("packs/<int:pk>/", enquiries.pack_made, name="pack-made"),
    path("packs/<int:pk>/document/", enquiries.pack_document, name="pack-document"),
    path("packs/<int:pk>/close/", enquiries.pack_revoke, name="pack-revoke"),
    path("shopping/", enquiries.shop, name="shop"),
    path("shopping/<int:pk>/", enquiries.shop_score, name="shop-score"),
    path("care/report/", care.report, name="care-report"),
    path("care/visits/", care.visits, name="care-visits"),
    path("r/<int:pk>/case/<slug:step>/", care.step, name="case-step"),
    path("r/<int:pk>/line/<slug:step>/", care.line_step, name="line-step"),
    path("aid/tables/", aid.tables, name="aid-tables"),
    path("aid/iati/", aid.iati, name="iati"),
    path("aid/iati/bring-in/", aid.bring_in, name="iati-bring-in"),
]
