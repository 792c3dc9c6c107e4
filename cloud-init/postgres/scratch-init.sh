#!/bin/sh
# Makes the empty server of a drill in the folder $1, with $PASSWORD for its one user.
set -eu
rm -rf "$1"
umask 077
trap 'rm -f "$1.password"' EXIT
printf '%s\n' "$PASSWORD" > "$1.password"
/usr/lib/postgresql/15/bin/initdb --pgdata="$1" --username=scratch --auth=scram-sha-256 --pwfile="$1.password" --encoding=UTF8 --locale=C.UTF-8 --no-sync
