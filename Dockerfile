# The relay in a container, with SQLite in the volume /data. docs/self-hosting.md says how to use it.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim-bookworm AS build
WORKDIR /build
# What only some destinations need: --build-arg EXTRA=requirements-apprise.txt
ARG EXTRA=""
COPY requirements*.txt ./
RUN python -m venv --without-pip /opt/relay \
    && python -m pip --python /opt/relay/bin/python --disable-pip-version-check install --quiet \
        --no-cache-dir --no-compile --no-deps --require-hashes \
        -r requirements.txt -r requirements-operator.txt ${EXTRA:+-r "$EXTRA"} \
    && cd /opt/relay/lib/python*/site-packages/phonenumbers \
    && rm -r carrierdata geodata tzdata # names of places and companies, a sixth of the image; numbers need none
COPY main.py pyproject.toml .env.example /app/
COPY relay /app/relay
COPY relay_cli /app/relay_cli
COPY forwarders /app/forwarders
COPY samples /app/samples
COPY selfhost/container-command /opt/relay/bin/sms-relay
# Bytecode that is valid whatever the time of the files, because nothing can be written later. Where the volume has
# no config.toml, the variables configure everything.
RUN /opt/relay/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/relay/lib /app \
    && chmod -R a+rX,go-w /app /opt/relay \
    && ln -s /data/config.toml /app/config.toml

FROM python:${PYTHON}-slim-bookworm
RUN groupadd --gid 10001 relay \
    && useradd --uid 10001 --gid relay --no-create-home --home-dir /data --shell /usr/sbin/nologin relay \
    && install -d -o relay -g relay -m 700 /data
COPY --from=build /opt/relay /opt/relay
COPY --from=build /app /app
ENV PATH=/opt/relay/bin:$PATH \
    HOME=/tmp \
    PORT=8080 \
    LEDGER_URL=sqlite:////data/ledger.db \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER relay
WORKDIR /app
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s \
    CMD ["python", "-S", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/health', timeout=4)"]
CMD ["python", "-m", "functions_framework", "--target=forward", "--source=/app/main.py", "--host=0.0.0.0"]
