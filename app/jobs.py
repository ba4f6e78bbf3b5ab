"""The Celery instance, and sending work to it by task name.

Promises: importing it imports no worker code; a job is sent only after the commit that wrote it.
The message says only "look at this job": what is to be done stands in the database, so a message
that comes twice, late or never does no harm (the workers sweep for what was never sent).
"""

from functools import partial

from celery import Celery
from sqlalchemy.orm import Session

from app.db.session import after_commit
from app.db.tables import Queue
from app.settings import settings

WORK = "calm.work"
SWEEP = "calm.sweep"
MAIL = "calm.mail"
WEBHOOK = "calm.webhook"
_LATER = 9
_BETWEEN = "\x06\x16"
"""Celery's own, between a list's name and its priority."""

celery = Celery("calm", broker=settings().broker.replace("unix://", "redis+socket://", 1))
celery.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_default_queue="model",
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 6 * 3600,
        "socket_connect_timeout": 2,
        "priority_steps": [0, _LATER],
    },
    task_publish_retry=False,
    beat_schedule={"sweep": {"task": SWEEP, "schedule": float(settings().sweep_seconds)}},
)


def send(job_id: int, queue: Queue, *, later: bool = False, seconds: float = 0) -> None:
    """Ask a worker of `queue` to look at a job, now or in so many seconds.

    `later`: after all that is not. What was begun goes on before the rest of a batch begins, while
    a server still has its prompt and a sandbox its state.
    """
    after = {"countdown": seconds} if seconds else {}
    celery.send_task(WORK, args=[job_id], queue=queue, priority=_LATER if later else 0, **after)


def send_after_commit(
    session: Session, job_id: int, queue: Queue, *, later: bool = False, seconds: float = 0
) -> None:
    """Ask for it once `session` has committed."""
    after_commit(session, partial(send, job_id, queue, later=later, seconds=seconds))


def send_mail(mail_id: int) -> None:
    """Ask a worker to send a mail: it waits for a server, as model calls do."""
    celery.send_task(MAIL, args=[mail_id], queue="model", priority=0)


def send_webhook(webhook_id: int, *, seconds: float = 0) -> None:
    """Ask a worker to tell a webhook what waits for it, now or in so many seconds."""
    after = {"countdown": seconds} if seconds else {}
    celery.send_task(WEBHOOK, args=[webhook_id], queue="model", priority=0, **after)


def lists_of(queue: Queue) -> tuple[str, str]:
    """The broker's lists that hold the messages of a queue."""
    return queue, f"{queue}{_BETWEEN}{_LATER}"
