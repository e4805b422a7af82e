from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "obmin.accounts"
    label = "accounts"
