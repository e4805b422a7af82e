from django.urls import path

from obmin.accounts import keys_views, staff_views, views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/options", views.options, name="sign-in-options"),
    path("sign-in/key", views.by_key, name="sign-in-key"),
    path("sign-in/words", views.by_words, name="sign-in-words"),
    path("sign-in/code", views.enrol, name="enrol"),
    path("sign-in/<slug:token>", views.enter, name="enter"),
    path("sign-out", views.leave, name="sign-out"),
    path("keys", keys_views.keys_page, name="keys"),
    path("keys/new", keys_views.creation, name="key-creation"),
    path("keys/touch", keys_views.touch, name="key-touch"),
    path("keys/<slug:key>/drop", keys_views.drop, name="key-drop"),
    path("accounts", staff_views.accounts_page, name="accounts"),
    path("accounts/new", staff_views.new_page, name="account-new"),
    path("accounts/asked/<slug:key>", staff_views.asked_page, name="account-asked"),
    path("accounts/locked/<int:pk>", staff_views.locked_page, name="account-locked"),
    path("accounts/is/<str:key>", staff_views.account_page, name="account"),
    path("accounts/is/<str:key>/appoint", staff_views.appoint_page, name="account-appoint"),
    path("accounts/is/<str:key>/recover", staff_views.recover_page, name="account-recover"),
    path("accounts/is/<str:key>/end", staff_views.end_page, name="account-end"),
]
