from django.urls import path

from obmin.reception import views

urlpatterns = [
    path("x/<slug:exchange>/reception", views.plan_page, name="reception"),
    path("x/<slug:exchange>/reception/again", views.replan_page, name="replan"),
    path("x/<slug:exchange>/reception/sites/<slug:code>", views.site_page, name="site"),
]
