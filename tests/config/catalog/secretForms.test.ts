import { secretIn } from "../../../infra/config/catalog/secretForms";

test.each([
  ["redis://:hunter2hunter2@cache/0", "an URL with a password"],
  ["postgres://shop:pa/ss@db/shop", "an URL with a password"],
  ["POSTGRES://shop:hunter2@db/shop", "an URL with a password"],
  [`github_pat_${"a1".repeat(12)}`, "a GitHub token"],
  [`glpat-${"a1".repeat(12)}`, "a GitLab token"],
  ["SMTP_PASSWORD=hunter2hunter2", "a password"],
  ["AWS_SECRET_KEY: hunter2hunter2", "a password"],
  ["AWS_SECRET_ACCESS_KEY=hunter2hunter2hunter2hunter2hunter2hunte", "a password"],
  ["FIELD_ENCRYPTION_KEY=hunter2hunter2", "a password"],
  ["GPG_PASSPHRASE=hunter2hunter2", "a password"],
  ["PGPASSWORD=hunter2hunter2", "a password"],
  ["MYSQL_PWD=hunter2hunter2", "a password"],
  ["https://hooks.slack.com/services/T0/B0/x", "a Slack webhook"],
])("%s gives itself away", (text, what) => {
  expect(secretIn(text)).toBe(what);
});

test.each([
  "https://cache:6379/user@example.org",
  "redis://cache:6379/0",
  "https://example.org/a:b@c",
  "see http://a.example: ops@example.org",
  "PASSWORD_HASHERS=argon2argon2",
  "mytoken=argon2argon2",
  "STRIPE_PUBLISHABLE_KEY=pk-argon2argon2",
  "OLDPWD=/srv/webstack",
])("%s is none", (text) => {
  expect(secretIn(text)).toBeNull();
});
