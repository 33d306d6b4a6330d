#!/bin/sh
# purge-cdn.sh CACHE [PREFIX…]   Purges what a publication changed from a cache in front of the site. The event comes on standard input.
#
# CACHE is the cache's address (https://cdn.example.org), which takes the method PURGE as Varnish and nginx's cache_purge do.
# PREFIXes are where it serves the site: / and /api/packages/ when none is given.
# An event that does not list everything (a first run over thousands of projects) is answered by one PURGE of $PURGE_ALL, a path that the
# cache's rules give that meaning (default: /*).
set -eu
cache=${1:?usage: purge-cdn.sh CACHE [PREFIX…]}
shift
[ $# -gt 0 ] || set -- / /api/packages/

requests=$(python3 -c '
import json, os, sys, urllib.parse

event = json.load(sys.stdin)
cache, prefixes = sys.argv[1].rstrip("/"), sys.argv[2:]
if event["truncated"]:
    addresses = [cache + os.environ.get("PURGE_ALL", "/*")]
else:
    # What is named by its digest never changes and needs no purge; the event knows.
    addresses = [cache + prefix + urllib.parse.quote(path) for path in event["purge"] for prefix in prefixes]
for address in addresses:
    print("url = \"%s\"\noutput = \"/dev/null\"" % address)
' "$cache" "$@")
[ -n "$requests" ] || exit 0
count=$(printf '%s\n' "$requests" | grep -c '^url')

# What the cache does not hold is as good as purged (404, 412). A request without an answer fails too.
printf '%s\n' "$requests" |
    curl --disable --silent --show-error --globoff --request PURGE --write-out '%{http_code} %{url_effective}\n' --config - |
    awk -v count="$count" '
        $1 !~ /^(2..|404|412)$/ { print "not purged: " $0 > "/dev/stderr"; failed = 1 }
        END { exit failed || NR != count }'
