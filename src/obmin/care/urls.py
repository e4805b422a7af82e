from django.urls import path

from obmin.care import views

urlpatterns = [
    path("x/<slug:exchange>/care", views.cases_page, name="care"),
    path("cases/<slug:key>", views.case_page, name="case"),
]
