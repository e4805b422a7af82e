from django.urls import path

from obmin.accounts import views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/<slug:token>", views.enter, name="enter"),
    path("sign-out", views.leave, name="sign-out"),
]
