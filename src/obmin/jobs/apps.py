from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "obmin.jobs"
    label = "jobs"
