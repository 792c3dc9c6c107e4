#!/bin/sh
# Makes the app's role, password and database, once; prints {"password", "ca"} each time, as a managed database would.
# Usage: role.sh DATABASE USER ADDRESS...   The role may log in from these addresses alone, over TLS.
set -eu
database=$1 user=$2
shift 2
folder=/etc/webstack/database
umask 077
[ -s "$folder/password" ] || {
    head -c 30 /dev/urandom | base64 | tr '+/' '-_' > "$folder/password.new"
    mv "$folder/password.new" "$folder/password"
}
# In the name of a grant _ stands for any letter. https://mariadb.com/kb/en/grant/#database-privileges
escaped=$(printf %s "$database" | sed 's/_/\\_/g')
statements() {
    echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"
    for address; do
        login="'$user'@'$address'"
        echo "CREATE USER IF NOT EXISTS $login;"
        echo "ALTER USER $login IDENTIFIED BY '$(cat "$folder/password")' REQUIRE SSL;"
        # The second: a restore makes a database beside the one that serves, named after it.
        echo "GRANT ALL PRIVILEGES ON \`$escaped\`.* TO $login;"
        echo "GRANT ALL PRIVILEGES ON \`$escaped\\_%\`.* TO $login;"
        # hostctl sees by it whether a step of a release waits for rows.
        echo "GRANT PROCESS ON *.* TO $login;"
    done
    mariadb --batch --skip-column-names --execute "SELECT host FROM mysql.user WHERE user = '$user'" | while read -r host; do
        case " $* " in *" $host "*) ;; *) echo "DROP USER '$user'@'$host';" ;; esac
    done
}
# The password goes in on standard input: an argument would show in the process list.
statements "$@" | mariadb --batch
python3 -c '
import json, pathlib, sys
folder = pathlib.Path(sys.argv[1])
print(json.dumps({"password": (folder / "password").read_text().strip(), "ca": (folder / "ca.crt").read_text()}))' "$folder"
