from django.urls import path

from obmin.handover import views

urlpatterns = [
    path("x/<slug:exchange>/handover", views.handover_page, name="handover"),
    path("x/<slug:exchange>/handover/<slug:key>", views.muster_page, name="muster"),
]
