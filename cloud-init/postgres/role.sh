#!/bin/sh
# Makes the app's role, password and database, once; prints {"password", "ca"} each time, as a managed database would.
# Usage: role.sh DATABASE USER
set -eu
database=$1 user=$2
folder=/etc/webstack/database
umask 077
[ -s "$folder/password" ] || {
    head -c 30 /dev/urandom | base64 | tr '+/' '-_' > "$folder/password.new"
    mv "$folder/password.new" "$folder/password"
}
# CREATEDB, as the user of a managed database has it: a restore makes a database beside the one that serves.
# The password goes in on standard input: an argument would show in the process list.
cd /
runuser -u postgres -- psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --dbname postgres > /dev/null <<SQL
SELECT 'CREATE ROLE "$user"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$user') \gexec
ALTER ROLE "$user" WITH LOGIN NOSUPERUSER CREATEDB NOCREATEROLE PASSWORD '$(cat "$folder/password")';
ALTER ROLE "$user" SET default_transaction_isolation = 'read committed';
ALTER ROLE "$user" SET timezone = 'UTC';
SELECT 'CREATE DATABASE "$database" OWNER "$user" ENCODING ''UTF8'' TEMPLATE template0' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$database') \gexec
REVOKE CONNECT ON DATABASE "$database" FROM PUBLIC;
SQL
python3 -c '
import json, pathlib, sys
folder = pathlib.Path(sys.argv[1])
print(json.dumps({"password": (folder / "password").read_text().strip(), "ca": (folder / "ca.crt").read_text()}))' "$folder"
