from django.urls import path

from obmin.people import views

urlpatterns = [
    path("register/<slug:which>", views.register_page, name="register"),
    path("people/<slug:key>", views.person_page, name="person"),
    path("people/<slug:key>/correct/<slug:field>", views.correct_page, name="correct"),
    path("tracing", views.tracing_page, name="tracing"),
    path("tracing/<int:pk>", views.pair_page, name="pair"),
]
