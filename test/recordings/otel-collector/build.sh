#!/bin/sh
# Builds a real OTel Collector with OTLP in and out. Needs Go and the Go module proxy; takes some minutes.
#   sh test/recordings/otel-collector/build.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?say in which folder to build}
mkdir -p "$folder"
cd "$folder"
GOBIN=$(pwd)/bin go install go.opentelemetry.io/collector/cmd/builder@v0.165.0
cp "$here/builder.yaml" .
CGO_ENABLED=0 ./bin/builder --config builder.yaml
echo "$(pwd)/otelcol/otelcol"
