/** What every C program is compiled with, for Python. */
const compiler = ["gcc", "python3-dev"];

/** What packages of PyPI ask for beside that, in the words of their own pages, by the names that Debian 12 and 13 have. */
const libraries: Readonly<Record<string, readonly string[]>> = {
  // https://lxml.de/installation.html#requirements
  lxml: ["libxml2-dev", "libxslt1-dev"],
  // https://github.com/PyMySQL/mysqlclient#linux
  mysqlclient: ["libmariadb-dev", "pkgconf"],
  // https://pillow.readthedocs.io/en/stable/installation/building-from-source.html#external-libraries
  pillow: ["libfreetype-dev", "libjpeg62-turbo-dev", "liblcms2-dev", "libopenjp2-7-dev", "libtiff-dev", "libwebp-dev", "zlib1g-dev"],
  // https://www.psycopg.org/docs/install.html#build-prerequisites
  psycopg2: ["libpq-dev"],
  // https://www.psycopg.org/psycopg3/docs/basic/install.html#local-installation
  "psycopg-c": ["libpq-dev"],
  // https://www.python-ldap.org/en/latest/installing.html#build-prerequisites
  "python-ldap": ["libldap-dev", "libsasl2-dev"],
  // https://xmlsec.readthedocs.io/en/stable/install.html
  xmlsec: ["libxml2-dev", "libxmlsec1-dev", "libxmlsec1-openssl", "pkgconf"],
};

/** Debian packages by which packages of PyPI are compiled, as far as anybody knows them; none for none. */
export const buildPackagesFor = (names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : [...new Set([...compiler, ...names.flatMap((name) => libraries[name] ?? [])])].sort();
