# syntax=docker/dockerfile:1

# The build: compilers for better-sqlite3, where no built one can be fetched, and what bundles the program.
FROM node:22-bookworm-slim AS build
WORKDIR /src
RUN apt-get update \
  && apt-get install --yes --no-install-recommends g++ make python3 \
  && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund \
  && npm run native
COPY tools ./tools
COPY src ./src
# One script, its launcher, and the code V8 makes of it, which this very Node takes as it is.
RUN npm run build

# What runs: the bundle and the SQLite driver, by a user without rights.
FROM node:22-bookworm-slim
LABEL org.opencontainers.image.title="Ringback" \
  org.opencontainers.image.description="A local telephone exchange for software that sends SMS and makes calls" \
  org.opencontainers.image.licenses="MIT"
WORKDIR /app
COPY --from=build /src/node_modules/better-sqlite3/package.json ./node_modules/better-sqlite3/package.json
COPY --from=build /src/node_modules/better-sqlite3/lib ./node_modules/better-sqlite3/lib
COPY --from=build /src/node_modules/better-sqlite3/build/Release/better_sqlite3.node ./node_modules/better-sqlite3/build/Release/better_sqlite3.node
COPY --from=build /src/node_modules/bindings ./node_modules/bindings
COPY --from=build /src/node_modules/file-uri-to-path ./node_modules/file-uri-to-path
COPY --from=build /src/dist ./dist
COPY docker/config.yaml LICENSE ./
RUN mkdir -p data state templates/responses/twilio \
  && chown node:node data state
ENV CONFIG_PATH=/app/config.yaml \
  LOG_LEVEL=INFO \
  NODE_ENV=production \
  XDG_STATE_HOME=/app/state
USER node
VOLUME ["/app/data"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["serve", "--host", "0.0.0.0"]
