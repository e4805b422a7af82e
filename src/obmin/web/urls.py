from django.urls import path

from obmin.web import views

urlpatterns = [
    path("language", views.language, name="language"),
    path("theme", views.theme, name="theme"),
    path("living", views.living_page, name="living"),
    path("living/progress", views.living_progress, name="living-progress"),
    path("living/refusal/<slug:kind>", views.living_refusal, name="living-refusal"),
]
