# Stage 1 builds the client; stage 2 holds Python, the built client and a font with Chinese characters for watermarks.
FROM node:24-bookworm-slim AS client
WORKDIR /build/client
COPY client/package.json client/package-lock.json client/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY client/ ./
COPY forms/ /build/forms/
COPY sync/duties.json sync/largest.json /build/sync/
RUN npm run build

FROM python:3.13-slim-bookworm
RUN apt-get update \
 && apt-get install --yes --no-install-recommends fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /srv service \
 && install --directory --owner service /data /run/service
WORKDIR /srv
COPY LICENSE requirements.txt ./
RUN pip install --no-cache-dir --requirement requirements.txt
COPY forms/ forms/
COPY media/ media/
COPY sync/ sync/
COPY vocabulary/ vocabulary/
COPY server/ server/
COPY --from=client /build/client/dist client/dist/
USER service
ENV ENVIRONMENT=production DATA_DIR=/data HOST=0.0.0.0 PORT=8080 PYTHONUNBUFFERED=1
EXPOSE 8080
VOLUME /data
HEALTHCHECK --interval=15s --timeout=3s --start-period=40s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
# One container runs front, web server, uploads, workers and relay; compose.yaml runs them apart.
CMD ["python", "-m", "server", "run", "--no-demo"]
