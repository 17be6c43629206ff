"""Addresses of the desk. Fixed words come before the slugs of registers."""

from django.urls import path

from . import administration, chain, finding, merging, moving, views, work

app_name = "desk"
urlpatterns = [
    path("lookup/<slug:kind>/", views.lookup, name="lookup"),
    # finding
    path("search/", finding.search_page, name="search"),
    path("search/palette/", finding.palette, name="palette"),
    path("similar/<slug:kind>/", finding.similar, name="similar"),
    # administration
    path("people-and-units/", administration.people, name="people"),
    path("people-and-units/user/new/", administration.user_new, name="user_new"),
    path("people-and-units/user/<int:pk>/", administration.user_edit, name="user_edit"),
    path("people-and-units/user/<int:pk>/link/", administration.user_link, name="user_link"),
    path("people-and-units/unit/new/", administration.unit_new, name="unit_new"),
    path("people-and-units/unit/<int:pk>/", administration.unit_edit, name="unit_edit"),
    path("audit/", administration.audit, name="audit"),
    # batches
    path("imports/", moving.imports, name="imports"),
    path("imports/<int:pk>/", moving.batch_page, name="batch"),
    path("imports/<int:pk>/undo/", moving.batch_undo, name="batch_undo"),
    # one record
    path("r/<int:pk>/", views.record_page, name="record"),
    path("r/<int:pk>/edit/", views.record_edit, name="edit"),
    path("r/<int:pk>/archive/", views.record_archive, name="archive"),
    path("r/<int:pk>/restore/", views.record_restore, name="restore"),
    path("r/<int:pk>/merge/", merging.merge_page, name="merge"),
    path("r/<int:pk>/chain/", chain.record_chain, name="chain"),
    path("r/<int:pk>/history/", work.record_history, name="history"),
    path("r/<int:pk>/on/", work.record_on, name="as_of"),
    path("r/<int:pk>/undo/<int:change>/", work.change_undo, name="undo"),
    path("r/<int:pk>/note/", work.note_new, name="note_new"),
    path("r/<int:pk>/watch/", work.watch, name="watch"),
    path("r/<int:pk>/figure/", work.figure_new, name="figure_new"),
    path("r/<int:pk>/figure/<int:figure>/withdraw/", work.figure_withdraw, name="figure_withdraw"),
    path("r/<int:pk>/evidence/", work.evidence_new, name="evidence_new"),
    # registers
    path("<slug:slug>/", views.register_list, name="list"),
    path("<slug:slug>/new/", views.record_new, name="new"),
    path("<slug:slug>/bulk/", moving.bulk, name="bulk"),
    path("<slug:slug>/export/<slug:form>/", moving.export, name="export"),
    path("<slug:slug>/import/", moving.import_start, name="import"),
    path("<slug:slug>/import/<slug:token>/", moving.import_check, name="import_check"),
    path("<slug:slug>/import/<slug:token>/failed/", moving.import_failed, name="import_failed"),
    path("<slug:slug>/import/<slug:token>/progress/", moving.import_progress, name="import_progress"),
    path("<slug:slug>/view/", finding.view_save, name="view_save"),
    path("<slug:slug>/view/<int:pk>/delete/", finding.view_delete, name="view_delete"),
]
