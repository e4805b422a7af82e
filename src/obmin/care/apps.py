from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "obmin.care"
    label = "care"
