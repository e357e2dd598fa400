# After `bun run package`, which makes the executables that this takes from dist/:
#   docker build --tag musakone .
FROM debian:12-slim
ARG TARGETARCH

RUN useradd --uid 3001 --home-dir /app --no-create-home --shell /usr/sbin/nologin musakone \
  && install --directory --owner=musakone --group=musakone --mode=0700 /app/data
COPY --chmod=0755 dist/musakone-*-linux-${TARGETARCH} /usr/local/bin/musakone

ENV NODE_ENV=production \
  DATABASE_PATH=/app/data/musakone.db \
  MOPIDY_URL=ws://mopidy:6680/mopidy/ws
WORKDIR /app
USER musakone
VOLUME /app/data
# The page, and Mopidy's web clients on an origin of their own.
EXPOSE 3001 3002
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["musakone", "--health"]
CMD ["musakone", "serve"]
