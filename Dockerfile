# The image of the roles: no embedded store and no embedded log, so that it stays small. Not for one machine: see README.md.

FROM node:24.22.3-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && rm -rf dist/test dist/.tsbuildinfo

FROM node:24.22.3-bookworm-slim AS packages
WORKDIR /opt/eastwest
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM node:24.22.3-bookworm-slim
WORKDIR /opt/eastwest
ENV NODE_ENV=production
COPY --from=packages /opt/eastwest/ ./
COPY --from=build /src/dist/ dist/
# A named volume takes over the owner of the folder it is laid on.
RUN install -d -o node -g node -m 0700 /var/lib/eastwest
USER node
ENTRYPOINT ["node", "--initial-heap-size=256", "--min-semi-space-size=4", "--max-semi-space-size=8", "/opt/eastwest/dist/collector/main.js"]
CMD ["--help"]
