import { appSecrets, isPlatformSetting, ownSecrets } from "../../infra/config/secretNames";

test("a stack needs the secrets of what it has, and no other", () => {
  expect(ownSecrets({})).toEqual(["sshPrivateKey", "backupPassword"]);
  expect(ownSecrets({ database: { kind: "none" } })).toEqual(["sshPrivateKey"]);
  expect(
    ownSecrets({
      database: { kind: "external" },
      backup: { enabled: false },
      monitoring: { smtp: { user: "me" }, sentry: {}, slack: {} },
    }),
  ).toEqual(["sshPrivateKey", "DATABASE_URL", "smtpPassword", "sentryToken", "slackWebhook"]);
});

test("what is no name of a setting names no secret of the app", () => {
  expect(appSecrets({ secrets: ["KEY", "two words", 3, "9TH"] })).toEqual(["KEY"]);
  expect(appSecrets({ secrets: "KEY" })).toEqual([]);
});

test("what the platform sets itself is none of the app's", () => {
  expect(["DATABASE_URL", "PATH", "DJANGO_SECRET_KEY"].map(isPlatformSetting)).toEqual([true, true, false]);
});
