from django.urls import path

from obmin.negotiation import terms_views, views

urlpatterns = [
    path("x/<slug:exchange>/terms", terms_views.terms_page, name="terms"),
    path("x/<slug:exchange>/terms/compare", terms_views.compare_page, name="terms-compare"),
    path("x/<slug:exchange>/terms/begin", terms_views.begin_page, name="terms-begin"),
    path("x/<slug:exchange>/terms/import", terms_views.import_page, name="terms-import"),
    path("x/<slug:exchange>/terms/<int:key>/file", terms_views.file_page, name="terms-file"),
    path("x/<slug:exchange>/terms/<int:key>", terms_views.draft_page, name="terms-draft"),
    path("x/<slug:exchange>/terms/<int:key>/version", terms_views.version_page, name="terms-version"),
    path("x/<slug:exchange>/terms/<int:key>/clause/<str:clause>", terms_views.clause_page, name="terms-clause"),
    path("x/<slug:exchange>/terms/<int:key>/new", terms_views.new_clause_page, name="terms-new"),
    path("x/<slug:exchange>/terms/<int:key>/without", terms_views.without_page, name="terms-without"),
    path("x/<slug:exchange>/terms/<int:key>/data", terms_views.data_page, name="terms-data"),
    path("x/<slug:exchange>/lists", views.lists_page, name="lists"),
    path("x/<slug:exchange>/lists/compose", views.compose_page, name="compose"),
    path("x/<slug:exchange>/lists/<int:number>", views.draft_page, name="draft"),
    path("x/<slug:exchange>/lists/<int:number>/left-out", views.left_out_page, name="left-out"),
    path("lines/<slug:key>", views.line_page, name="line"),
    path("x/<slug:exchange>/rounds", views.rounds_page, name="rounds"),
    path("x/<slug:exchange>/rounds/<int:number>", views.round_page, name="round"),
]
