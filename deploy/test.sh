#!/usr/bin/env bash
# Installs what tests need, builds the release and runs every test. The last line says how many passed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"

install_packages build run test
build -DWIREWATCH_TESTS=ON

# What the client for Node takes, where there is npm; its test says so when it cannot take part.
if command -v npm >/dev/null; then
  mkdir -p build/node
  cp docs/clients/node/package.json build/node/
  npm install --prefix build/node --no-audit --no-fund >build/npm.log 2>&1 ||
    say "npm has not installed what the client for Node takes: build/npm.log"
fi

say "testing"
log=build/release/tests.log
status=0
ctest --test-dir build/release --output-on-failure --timeout 300 -j "${JOBS:-2}" >"$log" 2>&1 || status=$?
if ((status != 0)); then
  grep -vE '^ *[0-9]+/[0-9]+ Test +#[0-9]+: .* Passed |^ +Start +[0-9]+:' "$log" | tail -n 150
fi
grep -E 'Skipped' "$log" | sed 's/^/  /' || true
skipped=$(grep -cE '\*\*\*Skipped' "$log" || true)
failed=$(grep -cE '\*\*\*(Failed|Timeout|Exception|Not Run)' "$log" || true)
passed=$(grep -cE ' Passed +[0-9.]+ sec' "$log" || true)
say "tests done"
echo "$passed passed, $failed failed, $skipped skipped"
((status == 0 && passed > 0))
