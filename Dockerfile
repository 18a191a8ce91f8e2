# docker build -t data-platforms-mcp . ; docker run -i --init --rm -e DATAOPS_TOKEN data-platforms-mcp
FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY . .
RUN npm ci --ignore-scripts && npm rebuild esbuild && npm run build \
  && rm -rf dist/library dist/types && find dist -name '*.map' -delete
# SQL for the system that the image is built for.
RUN XDG_DATA_HOME=/parts node dist/bin.cjs add sql \
  && mkdir -p /app /results && cp -r dist /app/dist && cp -r /parts/data-platforms-mcp/parts/*/node_modules /app/node_modules

FROM gcr.io/distroless/nodejs22-debian12:nonroot
LABEL io.modelcontextprotocol.server.name="io.github.OWNER/data-platforms-mcp"
WORKDIR /app
COPY --from=build /app /app
COPY --from=build --chown=nonroot /results /results
# The root file system may be read-only; only /results is written.
ENV NODE_ENV=production DATA_PLATFORMS_RESULTS_DIR=/results DATA_PLATFORMS_NO_CODE_CACHE=1
VOLUME /results
# Of the HTTP server; over stdio nobody asks. A container has no shell, so Node looks.
HEALTHCHECK --interval=30s --timeout=3s CMD ["/nodejs/bin/node", "-e", "fetch('http://127.0.0.1:3333/healthz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
ENTRYPOINT ["/nodejs/bin/node", "dist/bin.cjs"]
