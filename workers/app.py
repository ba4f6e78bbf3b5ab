"""The tasks of the workers, on the instance that `app.jobs` owns.

Run with `celery -A workers.app worker -Q model -P threads` for model calls and `-Q execution` for
programs; `celery -A workers.app beat` sweeps. Every task can run twice without harm.
"""

from functools import cache

from app.actions.deliver import sweep_webhooks, tell_webhook
from app.actions.mails import deliver, sweep_mails
from app.actions.ports import Ports, open_ports
from app.actions.sketches import sketch_problems
from app.actions.work_on import sweep, work_on
from app.db.clock import keep_time
from app.jobs import MAIL, SWEEP, WEBHOOK, WORK, celery
from app.settings import settings


@cache
def ports() -> Ports:
    """This process's ports, opened with its first task, by the database's time."""
    opened = open_ports(settings())
    keep_time(opened.engine)
    return opened


@celery.task(name=WORK)  # type: ignore[untyped-decorator]
def work(job_id: int) -> None:
    """Do the next round of a job."""
    work_on(ports(), job_id)


@celery.task(name=SWEEP)  # type: ignore[untyped-decorator]
def sweep_jobs() -> None:
    """Send again what is stuck."""
    sweep(ports())
    sweep_mails(ports())
    sweep_webhooks(ports())
    sketch_problems(ports())


@celery.task(name=MAIL)  # type: ignore[untyped-decorator]
def mail(mail_id: int) -> None:
    """Send a mail."""
    deliver(ports(), mail_id)


@celery.task(name=WEBHOOK)  # type: ignore[untyped-decorator]
def webhook(webhook_id: int) -> None:
    """Tell a webhook what waits for it."""
    tell_webhook(ports(), webhook_id)
