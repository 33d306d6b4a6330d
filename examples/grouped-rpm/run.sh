#!/bin/sh
# run.sh [FOLDER]   One owner, two groups of RPM packages: el9 and fedora/41. INDEXGEN names the program (default: indexgen).
set -eu
indexgen=${INDEXGEN:-indexgen}
samples=$(cd "$(dirname "$0")/../packages/dist/rpm" && pwd)
site=${1:-$(mktemp -d)}/grouped-rpm

"$indexgen" init "$site" --base-url "${BASE_URL:-http://127.0.0.1:8080}"
export INDEXGEN_SITE="$site"
"$indexgen" add --owner acme --group el9 "$samples"/*.el9.*.rpm
"$indexgen" add --owner acme --group fedora/41 "$samples"/*.fc41.*.rpm
"$indexgen" verify

rpm=$site/public/acme/rpm
for group in el9 fedora/41; do
    test -s "$rpm/$group/repodata/repomd.xml" && test -s "$rpm/$group.repo" || { echo "no index of $group" >&2; exit 1; }
done
# Each group lists its own packages and no other's.
test ! -e "$rpm/el9/package/indexgen-hello/1.1-1.fc41" && test -e "$rpm/fedora/41/package/indexgen-hello/1.1-1.fc41"

# A change in one group leaves the other's index alone.
before=$(sha256sum "$rpm/fedora/41/repodata/repomd.xml")
"$indexgen" remove acme/rpm indexgen-hello 1.0-1.el9 --group el9
test "$before" = "$(sha256sum "$rpm/fedora/41/repodata/repomd.xml")"
"$indexgen" verify
