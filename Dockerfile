# The image of one Vigie process; VIGIE_ROLES says what it runs.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:24-bookworm-slim
WORKDIR /app
# What was compiled once is kept with the data: a quicker start, and no compiler of types in memory.
ENV NODE_ENV=production DATA_DIR=/data HOST=0.0.0.0 NODE_COMPILE_CACHE=/data/compiled
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force
COPY shared shared
COPY server server
COPY scripts scripts
COPY --from=build /app/build build
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000 11112
STOPSIGNAL SIGTERM
# A small young generation: what is received dies young, and is freed before it makes the whole heap be searched. One thread beside each of ours is enough.
CMD ["node", "--max-semi-space-size=1", "--v8-pool-size=1", "server/main.ts"]
