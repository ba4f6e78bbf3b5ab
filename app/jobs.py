"""The Celery instance, and sending work to it by task name.

Promises: importing it imports no worker code; a job is sent only after the commit that wrote it.
The message says only "look at this job": what is to be done stands in the database, so a message
that comes twice, late or never does no harm (the workers sweep for what was never sent).
"""

from typing import Literal

from celery import Celery
from sqlalchemy.orm import Session

from app.db.session import after_commit
from app.settings import settings

Queue = Literal["model", "execution"]
WORK = "calm.work"
SWEEP = "calm.sweep"

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
    broker_transport_options={"visibility_timeout": 6 * 3600, "socket_connect_timeout": 2},
    task_publish_retry=False,
    beat_schedule={"sweep": {"task": SWEEP, "schedule": float(settings().sweep_seconds)}},
)


def send(job_id: int, queue: Queue) -> None:
    """Ask a worker of `queue` to look at a job now."""
    celery.send_task(WORK, args=[job_id], queue=queue)


def send_after_commit(session: Session, job_id: int, queue: Queue) -> None:
    """Ask for it once `session` has committed."""
    after_commit(session, lambda: send(job_id, queue))
