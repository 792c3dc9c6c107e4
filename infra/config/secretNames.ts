/** Config key of the private key that deployments log in with; every stack has its own. */
export const sshKeyName = "sshPrivateKey";

/** Config key of the password that encrypts the backups. It lives with the stack's file, so it outlives every machine. */
export const backupPasswordName = "backupPassword";

/** Config key of the address of a database that is somebody else's service: user, password and all. */
export const databaseUrlName = "DATABASE_URL";

/** Config key of the webhook by which alerts reach Slack. */
export const slackWebhookName = "slackWebhook";

/** Password of monitoring.smtp.user. */
export const smtpPasswordName = "smtpPassword";

/** URL that alerts are posted to: whoever knows it can post there, so it is a secret. */
export const alertWebhookName = "alertWebhook";

/** Lets the hosts announce releases to Sentry. */
export const sentryTokenName = "sentryToken";

/**
 * Secrets of the stack that may be set without being needed: a stack that stops its backups keeps the password that opens the ones it has.
 */
export const optionalSecrets: readonly string[] = [backupPasswordName, smtpPasswordName, alertWebhookName, sentryTokenName];

/** Names of the secrets that the stack itself needs, beside the app's; `raw` are the values of its file, not judged yet. */
export function ownSecrets(raw: Readonly<Record<string, unknown>>): readonly string[] {
  const says = (section: string, key: string): unknown => (raw[section] as Record<string, unknown> | null | undefined)?.[key];
  const smtp = says("monitoring", "smtp") as Record<string, unknown> | null | undefined;
  const backup = says("backup", "enabled") ?? says("database", "kind") !== "none";
  return [
    sshKeyName,
    ...(says("database", "kind") === "external" ? [databaseUrlName] : []),
    ...(backup === false ? [] : [backupPasswordName]),
    ...((smtp?.user ?? null) === null ? [] : [smtpPasswordName]),
    ...((says("monitoring", "sentry") ?? null) === null ? [] : [sentryTokenName]),
    ...((says("monitoring", "slack") ?? null) === null ? [] : [slackWebhookName]),
  ];
}

/** Names of the app's secrets, as far as they are names at all; `raw` as above. */
export function appSecrets(raw: Readonly<Record<string, unknown>>): readonly string[] {
  const named: readonly unknown[] = Array.isArray(raw["secrets"]) ? raw["secrets"] : [];
  return named.filter((name): name is string => typeof name === "string" && /^[A-Za-z_]\w*$/.test(name));
}

/**
 * Set by us (the first five) or by systemd in every unit, so a setting of the same name would have no effect or break the unit.
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Environment%20Variables%20Set%20or%20Propagated%20by%20the%20Service%20Manager
 */
// prettier-ignore
const platformSettings = new Set([
  "DATABASE_URL", "DATABASE_DIRECT_URL", "DATABASE_POOL", "SITE_HOSTS", "SITE_SCHEME", "SENTRY_ENVIRONMENT", "SENTRY_RELEASE", "HOME",
  "INVOCATION_ID", "JOURNAL_STREAM", "LISTEN_FDNAMES", "LISTEN_FDS", "LISTEN_PID", "LOGNAME", "MAINPID", "NOTIFY_SOCKET", "PATH",
  "SHELL", "USER", "WATCHDOG_PID", "WATCHDOG_USEC",
]);

export const isPlatformSetting = (name: string): boolean => platformSettings.has(name);
