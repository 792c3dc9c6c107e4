#!/bin/sh
# A MariaDB of one's own, empty, on a unix socket in a temporary folder, for as long as standard input stays open: so it goes with
# whoever holds the other end, kill -9 included. Says its URL on standard output, once it answers.
set -eu

# What ends whoever asked may reach this process too, which is there to clear up afterwards.
trap '' HUP INT PIPE TERM

# Not in TMPDIR: the user nobody may not be able to enter it, and the path of a socket has at most 107 bytes.
folder=$(mktemp --directory /tmp/webstack-mariadb.XXXXXX)
as=
# MariaDB refuses to run as root; its own user comes with a package that would start a server.
if [ "$(id -u)" = 0 ]; then
  chown nobody: "$folder"
  as='setpriv --reuid=nobody --regid=nogroup --clear-groups'
fi
cd "$folder"
server=
# It is gone before its folder is: a server that writes on would put files back.
trap 'cd /; [ -z "$server" ] || { kill -KILL "$server" 2> /dev/null || true; wait "$server" || true; }; rm -rf "$folder"' EXIT

# Only its owner and root can enter the folder, so nobody is asked for a password. Nothing is worth a wait for the disk.
options="--no-defaults --datadir=$folder/data --innodb-flush-log-at-trx-commit=0 --innodb-log-file-size=8M --innodb-buffer-pool-size=32M --skip-name-resolve"
$as mariadb-install-db $options --auth-root-authentication-method=normal --skip-test-db --skip-log-bin > install.log 2>&1 || { cat install.log >&2; exit 1; }
$as /usr/sbin/mariadbd $options --skip-networking --socket="$folder/socket" --pid-file="$folder/pid" --max-connections=300 \
  --character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_ci > log 2>&1 &
server=$!
tries=0
until mariadb --no-defaults --socket="$folder/socket" --user=root --execute='CREATE DATABASE app' 2> refused; do
  tries=$((tries + 1))
  kill -0 "$server" 2> /dev/null && [ "$tries" -lt 300 ] || { cat log refused >&2; exit 1; }
  sleep 0.1
done
echo "mysql://root@/app?unix_socket=$folder/socket"
cat > /dev/null
