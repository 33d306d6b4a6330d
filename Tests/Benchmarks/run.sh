#!/bin/sh
# run.sh [--runs N] [--seed S] [--scratch FOLDER] [--counts N,N…] [rpm|debian|pypi|helm]… [COUNT]…
#   compares with the peers: all four at 1000, 10000 and 50000 packages when nothing is said
# run.sh growth [the same]
#   how +1 grows with what is there, beside the floor: 1000, 10000 and 100000 packages when nothing is said
# Installs what is compared with, builds what is missing, and measures.
#   INDEXGEN  the program (default: a release build)      CORPUS  the generator of packages (default: built)
#   PEERS     the bin folder of a virtual environment with createrepo-c and dumb-pypi (default: made below .build)
# The tables go to standard output, progress to standard error. Measure on a machine that does nothing else; /dev/shm keeps the costs of
# the disk's file system out and wants the least room.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)

packages="gnupg python3 time xz-utils zstd"
[ "${1-}" = growth ] || packages="$packages createrepo-c reprepro aptly apt-utils python3-venv"
missing=
for package in $packages; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    # shellcheck disable=SC2086
    { $sudo apt-get -q update && $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing; } >&2
fi

if [ -z "${PEERS-}" ] && [ "${1-}" != growth ]; then
    PEERS=$top/.build/bench-venv/bin
    [ -x "$PEERS/dumb-pypi" ] || {
        python3 -m venv "$top/.build/bench-venv"
        "$PEERS/pip" install -q --disable-pip-version-check createrepo-c==1.2.5 dumb-pypi==1.15.0
    } >&2
    export PEERS
fi
# As `make build` does it: the Swift libraries inside, without which every start costs more.
build() {
    INDEXGEN_BENCH=1 swift build --package-path "$top" -c release --static-swift-stdlib --product "$1" >&2
}
if [ -z "${CORPUS-}" ]; then
    build Benchmarks
    CORPUS=$top/.build/release/Benchmarks
fi
if [ -z "${INDEXGEN-}" ]; then
    build indexgen
    INDEXGEN=$top/.build/release/indexgen
fi
export INDEXGEN CORPUS PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/compare.py" "$@"
