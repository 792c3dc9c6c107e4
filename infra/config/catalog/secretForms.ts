/**
 * Forms by which a secret gives itself away. Those of the issuers are documented; the others are headers of key files and URLs with a
 * password.
 */
const forms: readonly (readonly [what: string, form: RegExp])[] = [
  ["a private key", /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  // https://docs.digitalocean.com/reference/api/create-personal-access-token/
  ["a DigitalOcean token", /\bdo[opr]_v1_[0-9a-f]{64}\b/],
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  ["an AWS access key", /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  // https://docs.stripe.com/keys
  ["a Stripe key", /\b[sr]k_(?:live|test)_[0-9A-Za-z]{16,}/],
  // https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
  ["a GitHub token", /\b(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{20,})/],
  // https://docs.gitlab.com/security/tokens/#token-prefixes
  ["a GitLab token", /\bgl(?:pat|dt|rt|cbt)-[0-9A-Za-z_-]{20,}/],
  // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
  ["a Slack webhook", /\bhooks\.slack\.com\/services\/\S+/],
  // A number and a "/" behind the ":" are a port and a path, which may well hold an "@".
  ["an URL with a password", /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:(?!\d+\/)[^\s@]+@/i],
  // AWS_SECRET_ACCESS_KEY has no form of its own; PGPASSWORD and MYSQL_PWD are read by the databases' clients.
  [
    "a password",
    /(?:(?<![a-z])(?:password|passwd|passphrase|secret|token|(?:secret(?:_?access)?|private|api|encryption|signing)_?key)|\b(?:PGPASSWORD|MYSQL_PWD))["']?\s*[:=]\s*["']?[^\s"']{8,}/i,
  ],
];

/** What kind of secret a text seems to hold, or null. The text itself is never part of the answer. */
export function secretIn(text: unknown): string | null {
  if (typeof text !== "string") return null;
  return forms.find(([, form]) => form.test(text))?.[0] ?? null;
}
