# The gateway, with espeak-ng for prompts that nobody has recorded. Two stages: the compiler stays in the first.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Without scripts: `prepare` would build before the sources are there.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY bin ./bin
COPY gateway ./gateway
COPY media ./media
COPY test ./test
RUN npm run build && npm prune --omit=dev --omit=optional --ignore-scripts

FROM node:20-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends espeak-ng \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY package.json ./
COPY bin ./bin
COPY ivr-flows ./ivr-flows
# Beside the compiled code: the desk's page, the queue's scripts.
COPY gateway ./gateway
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
RUN install -d -o node -g node /var/lib/vaxel /var/lib/vaxel/speech /var/lib/vaxel/messages /var/lib/vaxel/queue-log
USER node
CMD ["node", "dist/gateway/main.js"]
