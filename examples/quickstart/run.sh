#!/bin/sh
# run.sh [FOLDER]   Makes a signed site from the sample packages in FOLDER (default: a new temporary folder), and proves it sound.
# INDEXGEN names the program (default: indexgen); BASE_URL is where clients will reach the site.
set -eu
indexgen=${INDEXGEN:-indexgen}
samples=$(cd "$(dirname "$0")/../packages/dist" && pwd)
site=${1:-$(mktemp -d)}/quickstart
url=${BASE_URL:-http://127.0.0.1:8080}

"$indexgen" init "$site" --base-url "$url"
export INDEXGEN_SITE="$site"
# Types are found from the content; an RPM's group is ours to choose.
"$indexgen" add --owner acme --group el9 "$samples"/rpm/*.el9.*.rpm
"$indexgen" add --owner acme --distribution bookworm "$samples/debian"
"$indexgen" add --owner acme "$samples/helm" "$samples/pypi"
"$indexgen" list acme
"$indexgen" verify

# What clients ask for first.
for file in rpm/el9.repo rpm/el9/repodata/repomd.xml.asc debian/dists/bookworm/InRelease helm/index.yaml pypi/simple/indexgen-hello/index.json; do
    test -s "$site/public/acme/$file" || { echo "missing: $file" >&2; exit 1; }
done

cat <<TEXT

Serve it:      indexgen --site $site nginx     prints the server block
Point clients at it:
  dnf, zypper  $url/acme/rpm/el9.repo
  apt          deb [signed-by=/etc/apt/keyrings/acme.asc] $url/acme/debian bookworm main
               (the key: $url/acme/debian/repository.key)
  helm         helm repo add acme $url/acme/helm
  pip, uv      --index-url $url/acme/pypi/simple/
TEXT
