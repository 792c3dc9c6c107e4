/** Config key of the private key that deployments log in with; every stack has its own. */
export const sshKeyName = "sshPrivateKey";

/** Config key of the password that encrypts the backups. It lives with the stack's file, so it outlives every machine. */
export const backupPasswordName = "backupPassword";

/** Config key of the webhook by which alerts reach Slack. */
export const slackWebhookName = "slackWebhook";

/** Names of the secrets that the stack itself needs, beside the app's; `raw` are the values of its file, not judged yet. */
export function ownSecrets(raw: Readonly<Record<string, unknown>>): readonly string[] {
  const says = (section: string, key: string): unknown => (raw[section] as Record<string, unknown> | null | undefined)?.[key];
  const backup = says("backup", "enabled") ?? says("database", "kind") !== "none";
  const slack = (says("monitoring", "slack") ?? null) !== null;
  return [sshKeyName, ...(backup === false ? [] : [backupPasswordName]), ...(slack ? [slackWebhookName] : [])];
}

/**
 * Set by us (the first five) or by systemd in every unit, so a setting of the same name would have no effect or break the unit.
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Environment%20Variables%20Set%20or%20Propagated%20by%20the%20Service%20Manager
 */
const platformSettings = new Set([
  "DATABASE_URL", "DATABASE_DIRECT_URL", "DATABASE_POOL", "SITE_HOSTS", "SITE_SCHEME", "HOME", "INVOCATION_ID", "JOURNAL_STREAM", "LISTEN_FDNAMES", "LISTEN_FDS", "LISTEN_PID", "LOGNAME", "MAINPID", "NOTIFY_SOCKET",
  "PATH", "SHELL", "USER", "WATCHDOG_PID", "WATCHDOG_USEC",
]);

export const isPlatformSetting = (name: string): boolean => platformSettings.has(name);
