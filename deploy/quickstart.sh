#!/usr/bin/env bash
# From a checkout to alerts on the terminal: installs what is missing, builds the release, and runs the quickstart
# pipeline over its example stories with the built-in store.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"

install_packages build run
build -DWIREWATCH_TESTS=OFF

store=$(mktemp -d)
trap 'rm -rf "$store"' EXIT
say "running config/quickstart: 59 invented wire stories through 14 watches"
build/release/bin/wirewatch run --once config/quickstart/pipeline.yaml --store "$store/store.db"
cat <<'EOT'

What to try next:
  build/release/bin/wirewatch check config/quickstart/pipeline.yaml     is the pipeline right?
  build/release/bin/wirewatch plugins                                   what may stand in it
  INBOX=/your/news build/release/bin/wirewatch run config/newswire/pipeline.yaml
EOT
