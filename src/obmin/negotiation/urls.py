from django.urls import path

from obmin.negotiation import views

urlpatterns = [
    path("x/<slug:exchange>/terms", views.terms_page, name="terms"),
    path("x/<slug:exchange>/lists", views.lists_page, name="lists"),
    path("x/<slug:exchange>/lists/compose", views.compose_page, name="compose"),
    path("x/<slug:exchange>/lists/<int:number>", views.draft_page, name="draft"),
    path("x/<slug:exchange>/lists/<int:number>/left-out", views.left_out_page, name="left-out"),
    path("lines/<slug:key>", views.line_page, name="line"),
    path("x/<slug:exchange>/rounds", views.rounds_page, name="rounds"),
    path("x/<slug:exchange>/rounds/<int:number>", views.round_page, name="round"),
]
