#!/bin/sh
# run.sh [--runs N] [--seed S] [--scratch FOLDER] [rpm|debian|pypi|helm]… [COUNT]…
# Installs what is compared with, builds what is missing, and measures: everything at 1000 packages when nothing is said.
#   INDEXGEN  the program (default: a release build)      CORPUS  the generator of packages (default: built)
#   PEERS     the bin folder of a virtual environment with createrepo-c and dumb-pypi (default: made below .build)
# The table goes to standard output, progress to standard error. Measure on a machine that does nothing else.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)

missing=
for package in createrepo-c reprepro aptly apt-utils gnupg python3 python3-venv time zstd; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    # shellcheck disable=SC2086
    { $sudo apt-get -q update && $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing; } >&2
fi

if [ -z "${PEERS-}" ]; then
    PEERS=$top/.build/bench-venv/bin
    [ -x "$PEERS/dumb-pypi" ] || {
        python3 -m venv "$top/.build/bench-venv"
        "$PEERS/pip" install -q --disable-pip-version-check createrepo-c==1.2.5 dumb-pypi==1.15.0
    } >&2
fi
if [ -z "${CORPUS-}" ]; then
    INDEXGEN_BENCH=1 swift build --package-path "$top" -c release --product Benchmarks >&2
    CORPUS=$top/.build/release/Benchmarks
fi
if [ -z "${INDEXGEN-}" ]; then
    INDEXGEN_BENCH=1 swift build --package-path "$top" -c release --product indexgen >&2
    INDEXGEN=$top/.build/release/indexgen
fi
export INDEXGEN CORPUS PEERS PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/compare.py" "$@"
