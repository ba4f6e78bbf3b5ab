# One image for web, workers, clock, sandbox and migration; docker-compose.yml says who runs what.
# Everything comes from the locks; Node is there for one step and is not in the image.

FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /calm
COPY requirements/base.lock requirements/node.lock requirements/
RUN python -m venv .venv \
    && .venv/bin/pip install --require-hashes --no-deps -r requirements/base.lock
COPY package.json package-lock.json ./
COPY scripts/vendor.py scripts/
RUN .venv/bin/python scripts/vendor.py
COPY . .
RUN .venv/bin/pip install --no-deps --no-build-isolation --editable . \
    && .venv/bin/python -m compileall -q app workers export training migrations

FROM python:3.11-slim
# The sandbox is another user than the workers that may open its socket: they share a group.
RUN groupadd --gid 10001 calm \
    && useradd --uid 10001 --gid calm --no-create-home --home-dir /data calm \
    && useradd --uid 10002 --gid calm --no-create-home --home-dir /tmp sandbox \
    && install --directory --owner calm --group calm --mode 0700 /data /models \
    && install --directory --owner sandbox --group calm --mode 0750 /run/calm
COPY --from=build /calm /calm
WORKDIR /calm
ENV PATH=/calm/.venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CALM_DATA=/data \
    HF_HOME=/models
USER calm
