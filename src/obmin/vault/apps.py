from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "obmin.vault"
    label = "vault"
