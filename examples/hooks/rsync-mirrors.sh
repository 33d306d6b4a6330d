#!/bin/sh
# rsync-mirrors.sh TARGET…   Brings mirrors up to the public tree. TARGETs are rsync's: mirror.example.org:/srv/packages/public, or a folder.
#
# Packages and digest-named documents go first, documents that name others in a second pass, and what is gone goes last: a client of the
# mirror finds all that it is told of, as at the origin. $RSYNC_OPTIONS are added (--bwlimit=10m, say). One mirror that fails does not
# keep the others from theirs; the hook then fails, and is tried again.
set -eu
[ $# -gt 0 ] || { echo "usage: rsync-mirrors.sh TARGET…" >&2; exit 2; }
cat > /dev/null                                   # the event; a mirror is brought up to all that is public
from=${INDEXGEN_SITE:?}/public/

failed=0
for target; do
    # shellcheck disable=SC2086
    rsync --archive --hard-links ${RSYNC_OPTIONS-} --exclude=/index.html --exclude='repomd.xml*' --exclude=InRelease --exclude=Release \
        --exclude=Release.gpg --exclude='/*/helm/index.yaml' --exclude='/*/pypi/simple/**' "$from" "$target/" &&
        rsync --archive --hard-links ${RSYNC_OPTIONS-} --delay-updates --delete-delay "$from" "$target/" ||
        { echo "not mirrored: $target" >&2; failed=1; }
done
exit $failed
