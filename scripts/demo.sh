#!/bin/sh
# The product's main job on a made-up borough: make it, learn from it, score two months, check the answer; then the case
# app with those months taken in, staff of every role and cases under way.
# usage: demo.sh FOLDER PEOPLE      DEMO_SERVE=no ends before the app is served, DEMO_PORT chooses its port
set -eu
folder=$1
people=$2
stratify=.venv/bin/stratify
caseload=.venv/bin/caseload
# This month and the one before: a list from long ago would be shown greyed, as an old list must be.
second=$(date +%Y-%m-01)
first=$(.venv/bin/python -c "import sys, datetime as d; print((d.date.fromisoformat(sys.argv[1]) - d.timedelta(1)).replace(day=1))" "$second")

if [ -e "$folder" ]; then
  printf '%s\n' "The folder $folder is there from an earlier time; remove it with: rm -rf $folder" >&2
  exit 5
fi
mkdir -p "$folder/keys" "$folder/models/emergency_admission_12m" "$folder/runs"
step() { printf '\n── %s\n' "$*"; }

step "A made-up borough of $people people, its extracts of $first and $second, and fifteen months later"
$stratify synth "$folder/borough" --people "$people" --index "$second" --earlier "$first" --seed 7
step "Is the pack fit to use?"
$stratify check-pack "$folder/borough/pack" > "$folder/check-pack.txt" || { cat "$folder/check-pack.txt"; exit 1; }
tail -n 3 "$folder/check-pack.txt"
step "A key for pseudonyms, kept outside the data"
$stratify make-key "$folder/keys/place.key"
step "Learn from outcomes known by $first"
$stratify fit "$folder/borough/pack" --index "$first" --key "$folder/keys/place.key" --model "$folder/models/emergency_admission_12m/demo" --demonstration
step "The monthly run, $first"
$stratify run "$folder/borough/pack_earlier" --index "$first" --key "$folder/keys/place.key" --model "$folder/models/emergency_admission_12m/demo" --out "$folder/runs/$first"
step "The monthly run, $second, with what changed since $first"
$stratify run "$folder/borough/pack" --index "$second" --key "$folder/keys/place.key" --model "$folder/models/emergency_admission_12m/demo" --out "$folder/runs/$second" --previous "$folder/runs/$first"
step "A year later: was it right?"
$stratify evaluate "$folder/runs/$second" --outcomes "$folder/borough/pack_later" --key "$folder/keys/place.key" --json "$folder/evaluation.json" --truth "$folder/borough/truth" \
    --html "$folder/evaluation.html"

printf '\nThe report:       %s\nThe evaluation:   %s\nThe score file:   %s\nPractice lists:   %s\n' \
  "$folder/runs/$second/report.html" "$folder/evaluation.html" "$folder/runs/$second/scores.parquet" "$folder/runs/$second/lists/"

step "The case app: both months taken in, staff of every role, cases under way"
if [ "${DEMO_SERVE:-yes}" = no ]; then serve=--no-serve; else serve=; fi
# shellcheck disable=SC2086  (empty or one option)
exec $caseload demo "$folder/caseload" --key "$folder/keys/place.key" --port "${DEMO_PORT:-8000}" $serve \
  --pack "$folder/borough/pack_earlier" --run "$folder/runs/$first" \
  --pack "$folder/borough/pack" --run "$folder/runs/$second"
