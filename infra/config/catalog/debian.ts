/** What a release of Debian brings, of what hosts are made of. */
export interface Debian {
  /** Its name at the mirrors. */
  readonly suite: string;
  /** Version of python3, as pip names it. */
  readonly python: string;
  /** The same with its third number, which decides what some packages ask for: redis 5 wants async-timeout before 3.11.3. */
  readonly pythonFull: string;
  /** The C library that wheels may ask for: 2.36 has 36. https://peps.python.org/pep-0600/ */
  readonly glibc: number;
  /** Major versions, as the packages have them: postgresql-17. */
  readonly postgres: string;
  readonly mariadb: string;
  readonly nginx: string;
  /** Whether that nginx is built with HTTP/3, which there is since 1.25. https://nginx.org/en/docs/http/ngx_http_v3_module.html */
  readonly http3: boolean;
  readonly restic: string;
  /** https://packages.debian.org/php-fpm */
  readonly php: string;
  /** https://packages.debian.org/haproxy */
  readonly haproxy: string;
  /**
   * Valkey, or Redis where the release is older than that: the same protocol, another name. https://packages.debian.org/valkey-server and
   * https://packages.debian.org/redis-server
   */
  readonly valkey: { readonly title: "Valkey" | "Redis"; readonly server: "valkey-server" | "redis-server"; readonly version: string };
  /**
   * Number of Debian's newest image on EC2, which has the day of its making; a test asks for a newer one before it is half a year old.
   * https://wiki.debian.org/Cloud/AmazonEC2Image
   */
  readonly ec2Build: string;
  /**
   * Digest of its image for containers, slim, of 2026-09-18, as Docker's own list has it.
   * https://github.com/docker-library/repo-info/tree/master/repos/debian/remote
   */
  readonly container: string;
  /** Last day of security updates, those of its long-term support included. https://wiki.debian.org/LTS */
  readonly supportedUntil: string;
}

/**
 * Every release that a host may have. tests/machines/judges.test.ts holds the versions against the images, of what images have; the others
 * are those of Debian's index, read 2026-11-27.
 */
export const debians = {
  "debian-12": {
    suite: "bookworm",
    python: "3.11",
    pythonFull: "3.11.2",
    glibc: 36,
    postgres: "15",
    mariadb: "10.11",
    nginx: "1.22",
    http3: false,
    restic: "0.14",
    php: "8.2",
    haproxy: "2.6",
    valkey: { title: "Redis", server: "redis-server", version: "7.0" },
    ec2Build: "20260923-2610",
    container: "sha256:3783cc01769c7b2b1b83a5c5ad96c815348e28ed7da68e2e3687004faa906251",
    supportedUntil: "2028-06-30",
  },
  "debian-13": {
    suite: "trixie",
    python: "3.13",
    pythonFull: "3.13.5",
    glibc: 41,
    postgres: "17",
    mariadb: "11.8",
    nginx: "1.26",
    http3: true,
    restic: "0.18",
    php: "8.4",
    haproxy: "3.0",
    valkey: { title: "Valkey", server: "valkey-server", version: "8.1" },
    ec2Build: "20260914-2601",
    container: "sha256:a99cfc517144bc59b1978475ec53b46ecabec7e43635402ee5b77cc54cd1b20a",
    supportedUntil: "2030-06-30",
  },
} as const satisfies Readonly<Record<string, Debian>>;

export type DebianName = keyof typeof debians;

/** Of hosts whose description names none. */
export const defaultDebian: DebianName = "debian-13";

export const debianNames = Object.keys(debians) as readonly DebianName[];

/** Versions of a server that a host of this Debian can dump, its own first: those of its Debian and of the older ones. */
export const serversUpTo = (name: DebianName, engine: "postgres" | "mariadb"): readonly [string, ...string[]] => {
  const older = debianNames.slice(0, debianNames.indexOf(name)).reverse();
  return [debians[name][engine], ...older.map((one) => debians[one][engine])];
};

export const isDebian = (name: string): name is DebianName => Object.hasOwn(debians, name);

/** "13", as /etc/os-release has it. https://www.freedesktop.org/software/systemd/man/252/os-release.html */
export const versionId = (name: DebianName): string => name.replace("debian-", "");

/** "Debian 13" */
export const debianTitle = (name: DebianName): string => `Debian ${versionId(name)}`;
