from django.urls import path

from obmin.people import evidence_views, import_views, merging_views, notices_views, record_views, views

urlpatterns = [
    path("register/<slug:which>", views.register_page, name="register"),
    path("register/held/new", record_views.new_page, {"which": "held"}, name="held-new"),
    path("register/sought/new", record_views.new_page, {"which": "sought"}, name="sought-new"),
    path("people/<slug:key>", views.person_page, name="person"),
    path("people/<slug:key>/event", record_views.event_page, name="event"),
    path("people/<slug:key>/confirm", record_views.confirm_page, name="confirm"),
    path("people/<slug:key>/ask", record_views.ask_page, name="ask"),
    path("askings/<slug:key>/told", record_views.tell_page, name="tell"),
    path("people/<slug:key>/evidence", evidence_views.evidence_page, name="evidence"),
    path("evidence/<slug:key>/withdraw", evidence_views.withdraw, name="withdraw-evidence"),
    path("compare/<slug:one>/<slug:other>", merging_views.compare_page, name="compare"),
    path("judgements/<slug:key>", merging_views.judgement_page, name="judgement"),
    path("duplicates/<slug:which>", merging_views.duplicates_page, name="duplicates"),
    path("people/<slug:key>/correct/<slug:field>", views.correct_page, name="correct"),
    path("imports", import_views.imports_page, name="imports"),
    path("imports/template", import_views.template_page, name="import-template"),
    path("imports/<slug:key>", import_views.check_page, name="import-check"),
    path("imports/<slug:key>/columns", import_views.columns_page, name="import-columns"),
    path("imports/<slug:key>/rows-to-fix", import_views.fix_page, name="import-fix"),
    path("intakes/<slug:key>", import_views.intake_page, name="intake"),
    path("doubts", import_views.doubts_page, name="doubts"),
    path("doubts/<slug:key>", import_views.doubt_page, name="doubt"),
    path("notices", notices_views.notices_page, name="notices"),
    path("notices/<slug:key>", notices_views.sending_page, name="sending"),
    path("tracing", views.tracing_page, name="tracing"),
    path("tracing/<int:pk>", views.pair_page, name="pair"),
]
