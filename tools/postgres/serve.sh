#!/bin/sh
# A PostgreSQL of one's own, empty, on a unix socket in a temporary folder, for as long as standard input stays open: so it goes with
# whoever holds the other end, kill -9 included. Says its URL on standard output, once it answers.
set -eu

# What ends whoever asked may reach this process too, which is there to clear up afterwards.
trap '' HUP INT PIPE TERM

bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort --version-sort | tail --lines=1)
# Not in TMPDIR: the user postgres may not be able to enter it, and the path of a socket has at most 107 bytes.
folder=$(mktemp --directory /tmp/webstack-postgres.XXXXXX)
as=
# PostgreSQL refuses to run as root.
if [ "$(id -u)" = 0 ]; then
  chown postgres: "$folder"
  as='setpriv --reuid=postgres --regid=postgres --clear-groups'
fi
cd "$folder"
trap 'cd /; $as "$bin/pg_ctl" stop --pgdata="$folder/data" --mode=immediate --silent 2> /dev/null || true; rm -rf "$folder"' EXIT

# Only its owner and root can enter the folder, so nobody is asked for a password. Nothing is worth a wait for the disk.
$as "$bin/initdb" --pgdata=data --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >&2
$as "$bin/pg_ctl" start --pgdata=data --log=log --silent --options="-k $folder -c listen_addresses= -c fsync=off" || { cat log >&2; exit 1; }
echo "postgresql://postgres@/postgres?host=$folder"
cat > /dev/null
