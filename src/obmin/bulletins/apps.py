from django.apps import AppConfig


class BulletinsConfig(AppConfig):
    name = "obmin.bulletins"
    label = "bulletins"
