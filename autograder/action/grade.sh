#!/bin/sh
# Grade in a CI job: RELEASE, SUBMISSION, OUT and SANDBOX say what, where to and how.
# The job's page gets a summary, the step the output `result` for GitHub Classroom's reporter, and OUT a junit.xml.
# Ends as the grading did: 3 when the grader itself failed, so that no job looks fine without a score.
set -eu
RELEASE=$(realpath -- "$RELEASE")
SUBMISSION=$(realpath -- "$SUBMISSION")
OUT=$(realpath -m -- "$OUT")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" # not in the student's checkout: a settings file there would be read as ours
code=0
mlsafety grade --out "$OUT" --sandbox "${SANDBOX:-auto}" "$RELEASE" "$SUBMISSION" || code=$?
if [ ! -f "$OUT/batch.json" ]; then
    echo "mlsafety: nothing was graded" >&2
    [ "$code" -ne 0 ] || code=1
    exit "$code"
fi
mlsafety export "$OUT" --format junit --out "$OUT/junit.xml"
mlsafety export "$OUT" --format summary >>"$GITHUB_STEP_SUMMARY"
# of several submissions there is no one result: the output stays empty, and the summary has them all
if mlsafety export "$OUT" --format github --out "$scratch/result.json"; then
    printf 'result=%s\n' "$(base64 <"$scratch/result.json" | tr -d '\n')" >>"$GITHUB_OUTPUT"
fi
exit "$code"
