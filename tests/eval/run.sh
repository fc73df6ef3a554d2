#!/bin/sh
# Runs the watches of watches.yaml over the MEANTIME and GeoVirus corpora and compares the Signals with a plain search.
#
# usage: tests/eval/run.sh BIN_DIR [DATA_DIR]
#
# BIN_DIR holds the `wirewatch` command; nothing is built here. DATA_DIR holds meantime/ and geo-geovirus/; without it
# $WIREWATCH_EVAL_DATA, else ../shared/data beside the repository.
# Exit codes: 0 equal, 1 different, 77 no data (skipped).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "${1:?usage: run.sh BIN_DIR [DATA_DIR]}" && pwd)
data=${2:-${WIREWATCH_EVAL_DATA:-$here/../../../shared/data}}
python=${PYTHON:-python3}
work=$(mktemp -d "${TMPDIR:-/tmp}/wirewatch-eval.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/items"

"$python" "$here/test_plain_search.py" 2>"$work/test.log" || { cat "$work/test.log"; exit 1; }

"$python" "$here/convert_meantime.py" "$data/meantime" >"$work/items/meantime.jsonl" || exit $?
"$python" "$here/convert_geovirus.py" "$data/geo-geovirus" >"$work/items/geovirus.jsonl" || exit $?
"$python" "$here/plain_search.py" "$work"/items/*.jsonl >"$work/expected.tsv"

export EVAL_ITEMS="$work/items"
export EVAL_OUT="$work"
"$bin/wirewatch" inspect --format json --pipeline "$here/pipeline.yaml" "$work"/items/*.jsonl >"$work/inspected.jsonl"

# The Alerts are a function of the input alone: the same bytes with any number of workers. Only the journal's id, drawn
# when a store is made, is the store's own.
for workers in 1 2 8; do
  rm -f "$work/alerts.jsonl"
  "$bin/wirewatch" run --once --workers "$workers" --store "$work/store-$workers" "$here/pipeline.yaml" \
    >"$work/run-$workers.log" 2>&1 || { cat "$work/run-$workers.log"; exit 1; }
  sed 's/"journalId":"[^"]*",//' "$work/alerts.jsonl" >"$work/alerts-$workers.jsonl"
  cmp "$work/alerts-1.jsonl" "$work/alerts-$workers.jsonl"
done

"$python" "$here/compare_signals.py" --expected "$work/expected.tsv" --inspected "$work/inspected.jsonl" \
  --alerts "$work/alerts-1.jsonl" "$work"/items/*.jsonl
