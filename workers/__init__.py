"""Celery workers: thin tasks that load the ports and call one action."""
