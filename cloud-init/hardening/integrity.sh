#!/bin/sh
# Files of Debian's packages against the checksums they came with: another one fails, and a failed unit is told of. Then AIDE's record:
# what changed since yesterday goes to the journal and is the record of tomorrow, for deployments and updates change files by right.
set -eu
cd /var/lib/aide
if test -e aide.db; then aide --config /etc/aide/aide.conf --update || test $? -lt 8; else aide --config /etc/aide/aide.conf --init; fi
mv aide.db.new aide.db
exec debsums --changed
