import { domainToASCII } from "node:url";
import { isPrivate, cidrHint, parseCidr } from "./cidr";
import { leaf, oneOf, text, type Type } from "./type";

/** Text forms of the key table, in the order of the alphabet. */

export const appName = text("2 to 20 lower-case letters, digits and dashes, beginning with a letter", /^[a-z][a-z0-9-]{0,18}[a-z0-9]$/);

/**
 * A database, or a snapshot, which has up to 255 characters, and ":" where the target made it:
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html
 */
export const backupSource = text("lower-case letters, digits, dots, dashes and colons, at most 255", /^[a-z0-9][a-z0-9.:-]{0,254}$/);

/** Certificates as PEM text (RFC 7468), one after the other. */
export const certificates = text(
  "certificates as PEM text, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----",
  /^(-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n?)+$/,
);

/**
 * https://www.debian.org/doc/debian-policy/ch-controlfields.html#source, without what apt-get takes for an order: a dash at the end removes a package. Whether there is
 * one of the name, the host asks before it installs anything.
 */
export const debianPackage = text("a name of a Debian package, which does not end in a dash", /^[a-z0-9][a-z0-9+.-]*[a-z0-9+]$/);

/** RFC 1035, 2.3.4 and RFC 1123, 2.1: at most 253 characters in labels of at most 63, which begin and end with a letter or digit. */
export const domain: Type<string> = leaf({
  says: "a domain name in lower case, of labels with letters, digits and dashes",
  schema: { type: "string", maxLength: 253, pattern: "^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$" },
  accept: (value) => (typeof value === "string" && isDomain(value) ? value : undefined),
  hint(value) {
    if (typeof value !== "string" || !/^[\p{L}\p{N}.-]+$/u.test(value)) return undefined;
    const ascii = domainToASCII(value);
    return ascii !== value && isDomain(ascii) ? `write ${ascii}` : undefined;
  },
});

function isDomain(value: string): boolean {
  const labels = value.split(".");
  // The last label has a letter first, or an IPv4 address would be a domain.
  return (
    value.length <= 253 &&
    labels.length >= 2 &&
    labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label)) &&
    /^[a-z].+$/.test(labels.at(-1) ?? "")
  );
}

export const email = leaf({
  says: "an e-mail address",
  schema: { type: "string", format: "email" },
  accept(value) {
    if (typeof value !== "string") return undefined;
    const { 0: local = "", 1: host = "", length } = value.split("@");
    // RFC 5322, 3.2.3: the unquoted form of the local part, of at most 64 characters (RFC 5321, 4.5.3.1.1).
    return length === 2 &&
      local.length <= 64 &&
      /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/.test(local) &&
      isDomain(host.toLowerCase())
      ? value
      : undefined;
  },
});

export const envName = text("a name of letters, digits and underscores, not beginning with a digit", /^[A-Za-z_][A-Za-z0-9_]*$/);

export const envValue: Type<string> = leaf({
  says: "text",
  schema: { type: "string" },
  accept: (value) => (typeof value === "string" && !value.includes("\0") ? value : undefined),
  // A number is not turned into text: YAML has already lost whether it was written 1e3 or 1000, 0755 or 493.
  hint: (value) =>
    typeof value === "string" ? "no environment can hold a NUL character" : typeof value === "object" ? undefined : "put it in quotes",
});

const relative = (
  says: string,
  extra: string,
  hint = "write it relative",
  inside = 'it must not leave its folder with ".."',
): Type<string> =>
  text(says, new RegExp(`^(?!/)(?!(.*/)?\\.\\.(/|$))[\\w.@+${extra}/-]+$`), (value) =>
    typeof value !== "string" ? undefined : value.startsWith("/") ? hint : value.split("/").includes("..") ? inside : undefined,
  );

export const folder = relative("a relative path", "");

const uploads =
  "nginx serves folders of the release alone; uploads, below /srv/webstack/shared/data, are for the app to answer, or for a store " +
  "of objects";

export const staticFolder = relative("a relative path", "", uploads, uploads);

/** The application may lie beside the project. Not absolute: a stack file means the same on every box it is checked out on. */
export const sourceFolder = text("a path relative to the folder of Pulumi.yaml", /^(?!\/)(?!(.*\/)?\.\.\/*$)[\w.@+/-]+$/, (value) =>
  typeof value !== "string"
    ? undefined
    : value.startsWith("/")
      ? "write it relative, as in ../myapp"
      : /(^|\/)\.\.\/*$/.test(value)
        ? "that folder holds this project itself; name the app's own, as in ../myapp"
        : undefined,
);

export const glob = relative("a relative path, where *, ** and ? match", "*?");

/** A name that DNS knows, or an IPv4 address. */
export const hostName = text(
  "a domain name or an IPv4 address",
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
);

export const httpsUrl = text("an https URL", /^https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9]\d{0,4})?(\/[\w.~/-]*)?$/);

/** A rule refuses the form without TLS where the stack is on the Internet. */
export const webUrl = text(
  "an http or https URL without a query",
  /^https?:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9]\d{0,4})?(\/[\w.~-]+)*$/,
);

export const identifier = text("lower-case letters, digits and underscores, beginning with a letter, at most 63", /^[a-z][a-z0-9_]{0,62}$/);

/** A moment as RFC 3339 writes it, in UTC; one that the calendar has. */
export const instant: Type<string> = leaf({
  says: "a moment in UTC, as 2026-11-01T03:00:00Z",
  schema: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$" },
  accept: (value) => {
    const written = typeof value === "string" ? value.replace(unquoted, "$1T$2Z") : "";
    return isInstant(written) ? written : undefined;
  },
});

/** Without quotes a moment is a timestamp to YAML, and the engine hands it over as Go prints one: https://pkg.go.dev/time#Time.String */
const unquoted = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) \+0000 UTC$/;

function isInstant(value: string): boolean {
  const time = new Date(value);
  return (
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(value) &&
    !Number.isNaN(time.getTime()) &&
    time.toISOString() === value.replace("Z", ".000Z")
  );
}

export const moduleName = text("of the form package.module:callable", /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$/, (value) =>
  typeof value !== "string"
    ? undefined
    : /^[\w./]+\.py(:\w+)?$/.test(value) || value.includes("/")
      ? "write dots for slashes and leave .py out"
      : /^[\w.]+$/.test(value)
        ? `name the callable, as in ${value}:application`
        : undefined,
);

/** A network that may open connections; IPv4 or IPv6. */
export const network: Type<string> = leaf({
  says: "a network in CIDR form, without host bits",
  schema: { type: "string", pattern: "^[0-9a-fA-F.:]+/\\d{1,3}$" },
  accept: (value) => (typeof value === "string" && parseCidr(value) !== undefined ? value : undefined),
  hint: cidrHint,
});

/** The stack's own network: /16 to /28 is what the VPCs of all clouds take. */
export const privateNetwork: Type<string> = leaf({
  says: "a private IPv4 network (RFC 1918) of /16 to /28, without host bits",
  schema: { type: "string", pattern: "^[0-9.]+/(1[6-9]|2[0-8])$" },
  accept(value) {
    const cidr = typeof value === "string" ? parseCidr(value) : undefined;
    return cidr !== undefined && isPrivate(cidr) && cidr.prefix >= 16 && cidr.prefix <= 28 ? (value as string) : undefined;
  },
  hint: (value) => (typeof value === "string" && parseCidr(value) === undefined && value.includes("/") ? cidrHint(value) : undefined),
});

/** A public key line, with a comment or without. */
export const publicKey: Type<string> = leaf({
  says: "the line of a public SSH key (ssh-ed25519, ecdsa-sha2-nistp256 or ssh-rsa)",
  schema: { type: "string", pattern: "^(ssh-ed25519|ecdsa-sha2-nistp256|ssh-rsa) AAAA[A-Za-z0-9+/]+=* ?[^\\n]*$" },
  accept: (value) =>
    typeof value === "string" && /^(ssh-ed25519|ecdsa-sha2-nistp256|ssh-rsa) AAAA[A-Za-z0-9+/]{40,}={0,2}( [^\0\n\r"]*)?$/.test(value)
      ? value
      : undefined,
  hint: (value) =>
    typeof value === "string" && value.includes("PRIVATE KEY")
      ? "this is a private key: take the file that ends in .pub, and make a new key if this one was saved anywhere"
      : undefined,
  unseen: true,
});

/** Words that somebody else can judge a decision by. */
export const reason = text("a reason in words, 20 to 500 characters on one line", /^(?=.*\S.*\s.*\S)[^\n\r\0]{20,500}$/);

export const slackChannel = text(
  'a Slack channel, "#" and then lower-case letters, digits, dashes and underscores',
  /^#[a-z0-9_-]{1,79}$/,
  (value) => (typeof value === "string" && /^[a-z0-9_-]{1,79}$/.test(value) ? `write "#${value}"` : undefined),
);

/** Region, size and image names differ from target to target, but none needs more than this. */
export const slug = text("lower-case letters, digits, dots and dashes", /^[a-z0-9][a-z0-9.-]{0,62}$/);

/** Becomes a part of unit names. */
export const unitName = text(
  "lower-case letters, digits and dashes, beginning with a letter, at most 32",
  /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/,
);

export const stepName = text(
  "letters, digits and dashes, beginning with a letter, at most 32",
  /^[A-Za-z]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/,
);

export const urlPath = text('a URL path: "/" and then letters, digits and . _ ~ - /', /^\/(?!\/)(?!.*\/\/)(?!.*\/\.{1,2}(\/|$))[\w.~/-]*$/);

export const urlPrefix = text('a URL path that begins and ends with "/"', /^\/(?!.*\/\/)(?!.*\/\.{1,2}\/)([\w.~/-]*\/)?$/, (value) =>
  typeof value === "string" && /^\/[\w.~/-]*[\w~-]$/.test(value) ? `write ${value}/` : undefined,
);

/** Written as 15 or "15". A fraction needs its quotes: YAML reads 8.0 as 8. */
export const version: Type<string> = leaf({
  says: "a version number",
  schema: { anyOf: [{ type: "integer" }, { type: "string", pattern: "^\\d{1,3}(\\.\\d{1,3})?$" }] },
  accept: (value) =>
    (typeof value === "string" && /^\d{1,3}(\.\d{1,3})?$/.test(value)) || (Number.isInteger(value) && (value as number) > 0)
      ? String(value)
      : undefined,
  hint: (value) => (typeof value === "number" ? `write "${value}"` : undefined),
});

export const weekday = oneOf("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday");
