from django.urls import path

from obmin.desk import views

urlpatterns = [
    path("", views.home_page, name="home"),
    path("x/<slug:exchange>", views.board_page, name="board"),
    path("journal", views.journal_page, name="journal"),
]
