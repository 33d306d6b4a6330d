#!/bin/sh
# incoming.sh FOLDER [OPTION…]   Takes the packages that an upload tool left in FOLDER into the site, then regenerates once.
#
# OPTIONs are add's: --owner acme --group el9. INDEXGEN_SITE names the site, INDEXGEN the program (default: indexgen).
# A file that is in is deleted from FOLDER; one that is refused moves to FOLDER.rejected with the reason beside it. Files that begin with
# a dot are left alone: upload tools write under such names and rename at the end.
# Any number of these may run at once; they take turns.
set -eu
indexgen=${INDEXGEN:-indexgen}
folder=${1:?usage: incoming.sh FOLDER [OPTION…]}
folder=${folder%/}
shift
mkdir -p "$folder.rejected"
exec 9> "$folder.lock"
flock 9

status=0
for file in "$folder"/*; do
    [ -f "$file" ] || continue
    code=0
    "$indexgen" --quiet add --no-generate "$@" "$file" 2> "$folder.reason" || code=$?
    case $code in
    0) rm "$file" ;;
    1)
        mv "$file" "$folder.rejected/"
        mv "$folder.reason" "$folder.rejected/${file##*/}.reason"
        status=1
        ;;
    *)
        # The site cannot be used: everything stays where it is, for the next time.
        cat "$folder.reason" >&2
        exit $code
        ;;
    esac
done
rm -f "$folder.reason"
# Also what an earlier run took in and did not come to publish.
"$indexgen" --quiet generate
exit $status
