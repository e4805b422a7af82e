from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "obmin.audit"
    label = "audit"
