"""Two logins with the same rights in MySQL, where a database belongs to nobody."""
from .mariadb import MariaDB

# Access denied, without a password or without the account's plugin; a password that must be changed, told at the first statement or at once; an account
# that is locked, in MySQL and in MariaDB. https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html https://mariadb.com/kb/en/mariadb-error-code-reference/
REFUSED = r"ERROR (1045|1698|1820|1862|3118|4151) "


def statements(_owner, user, password, database):
    """SQL that makes a login or gives it another password. Backticks, quotes and backslashes are in none of these names."""
    # In the name of a grant _ stands for any letter. https://dev.mysql.com/doc/refman/8.0/en/grant.html#grant-database-privileges
    escaped = database.replace("_", "\\_")
    return f"""CREATE DATABASE IF NOT EXISTS `{database}`;
CREATE USER IF NOT EXISTS '{user}'@'%' IDENTIFIED BY '{password}' REQUIRE SSL;
ALTER USER '{user}'@'%' IDENTIFIED BY '{password}' REQUIRE SSL;
GRANT ALL PRIVILEGES ON `{escaped}`.* TO '{user}'@'%';
-- A restore makes a database beside the one that serves, named after it.
GRANT ALL PRIVILEGES ON `{escaped}\\_%`.* TO '{user}'@'%';
-- To see which transactions wait for rows.
GRANT PROCESS ON *.* TO '{user}'@'%';
"""


def program(system, url, database, path):
    """(command, environment) that runs a file of SQL."""
    server = MariaDB(system, url)
    return server.program("mariadb", "--batch", "--connect-timeout=10", f"--execute=source {path}", database), server.env
