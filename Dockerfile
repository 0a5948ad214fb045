# Merpati in a container: docker build -t merpati . && docker compose up -d
FROM node:22-trixie-slim AS build
WORKDIR /src
COPY . .
RUN npx --yes bun@1.4.5 install --frozen-lockfile && npx --yes bun@1.4.5 src/cli/build.ts

FROM debian:trixie-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates tzdata \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin merpati \
  && install -d -o merpati -g merpati -m 0700 /data
COPY --from=build /src/dist/merpati /usr/local/bin/merpati
COPY LICENSE NOTICE /usr/share/doc/merpati/
USER merpati
WORKDIR /data
ENV SESSIONS_DIR=/data/sessions PLUGINS_DIR=/data/plugins PORT=3000
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["merpati", "status", "--live"]
ENTRYPOINT ["merpati"]
CMD ["start"]
