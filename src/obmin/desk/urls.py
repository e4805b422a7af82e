from django.urls import path

from obmin.desk import views, work

urlpatterns = [
    path("", views.home_page, name="home"),
    path("x/<slug:exchange>", views.board_page, name="board"),
    path("jobs/<slug:key>", work.job_page, name="job"),
    path("jobs/<slug:key>/cancel", work.cancel_page, name="job-cancel"),
    path("journal", views.journal_page, name="journal"),
    path("journal/alarms/<int:index>", views.alarm_page, name="alarm"),
]
