from django.urls import path

from obmin.bulletins import views

urlpatterns = [
    path("x/<slug:exchange>/bulletins", views.bulletins_page, name="bulletins"),
    path("x/<slug:exchange>/bulletins/<int:number>", views.bulletin_page, name="bulletin"),
    path("news", views.news_page, name="news"),
]
