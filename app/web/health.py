"""Whether this process can answer: for whoever starts or watches it."""

from fastapi import APIRouter
from sqlalchemy import text

from app.db.session import reading
from app.web.deps import WebPorts

router = APIRouter()


@router.get("/healthz")
def health(ports: WebPorts) -> dict[str, str]:
    """`ok` where the database answers; an error page where it does not."""
    with reading(ports.engine) as session:
        session.execute(text("SELECT 1"))
    return {"status": "ok"}
