# ill-gateway in a container. Build: docker build -t ill-gateway .
# Run:   docker run -v ./ill-gateway.toml:/etc/ill-gateway/ill-gateway.toml:ro -v ill-gateway:/var/lib/ill-gateway \
#          --env-file environment -p 8626:8626 ill-gateway
#        after chown 8626 ill-gateway.toml && chmod 400 ill-gateway.toml: nobody else reads it. In `environment`, root's, stand the secrets that it
#        names as env:NAME, each as a line NAME=value.
# Stop:  docker stop --time 45 (draining may take 15 seconds, answering what is under way 25)
# The tag names Debian's release, so that libraries stay the same; “make pin” writes the digest beside it, where an engine and a registry are.

FROM python:3.13-slim-bookworm AS build
COPY requirements.lock .
# The image's own pip fills the environment, which has none: 12 MB that nobody would use.
RUN python -m venv --without-pip /opt/ill-gateway \
 && python -m pip --python /opt/ill-gateway/bin/python install --no-cache-dir --require-hashes -r requirements.lock
COPY schemas /opt/ill-gateway/app/schemas
COPY deploy/alerts.yml /opt/ill-gateway/app/deploy/alerts.yml
COPY gateway /opt/ill-gateway/app/gateway
RUN printf '#!/bin/sh\nexec /opt/ill-gateway/bin/python -m gateway.cli "$@"\n' > /opt/ill-gateway/bin/ill-gateway \
 && chmod 755 /opt/ill-gateway/bin/ill-gateway \
 && /opt/ill-gateway/bin/python -m compileall -q /opt/ill-gateway/app

FROM python:3.13-slim-bookworm
# YAZ, for catalogues over Z39.50; loaded by nothing where the settings name none. pg_dump and pg_restore, for back-ups of PostgreSQL.
RUN apt-get update && apt-get install -y --no-install-recommends libyaz5 postgresql-client && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/ill-gateway /opt/ill-gateway
# `var` is where the settings' default store lies, below the working directory.
# User and group are numbers that are known beforehand: for `chown 8626:8626` of a folder that is mounted there.
RUN groupadd --gid 8626 ill-gateway \
 && useradd --uid 8626 --gid 8626 --no-create-home --home-dir /var/lib/ill-gateway --shell /usr/sbin/nologin ill-gateway \
 && install -d -o ill-gateway -g ill-gateway -m 750 /var/lib/ill-gateway /var/lib/ill-gateway/var
# Inside the container everything listens on all interfaces; what is reachable from outside, -p decides. But for the desk, where people
# type passwords: once it has TLS of its own or a proxy's ([desk] in the settings), set ILL_GATEWAY_DESK__HOST=0.0.0.0.
ENV PATH=/opt/ill-gateway/bin:$PATH \
    PYTHONPATH=/opt/ill-gateway/app \
    PYTHONUNBUFFERED=1 \
    ILL_GATEWAY_CONFIG=/etc/ill-gateway/ill-gateway.toml \
    ILL_GATEWAY_HTTP__HOST=0.0.0.0 \
    ILL_GATEWAY_API__HOST=0.0.0.0 \
    ILL_GATEWAY_OPERATIONS__HOST=0.0.0.0
USER 8626:8626
WORKDIR /var/lib/ill-gateway
VOLUME /var/lib/ill-gateway
EXPOSE 8626 8627 8628 9626
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9626/healthz', timeout=4)"]
ENTRYPOINT ["ill-gateway"]
CMD ["serve"]
