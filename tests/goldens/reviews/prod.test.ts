/** Limit: these show what a review says of production on DigitalOcean; no cloud is asked. */
import { secret, secretsOf, set, unset } from "./changes";
import { reviewTests } from "./table";

reviewTests("prod", [...secretsOf("prod"), secret("backupPassword", "backupPassword-1")], {
  "worker-count": { edits: [set("services.web.workers", 3)], level: "restart", headline: "restart of web, rolled: no request fails" },
  "nginx-option": { edits: [set("site.maxBodyMiB", 25)], level: "no downtime", headline: "no downtime" },
  // Its connection leaves each worker one thread less.
  "new-job": { edits: [set("jobs.clear-sessions", { run: "python manage.py clearsessions", schedule: "daily", memoryMiB: 64 })], level: "restart", headline: "restart of web, rolled: no request fails" },
  "host-size": { edits: [set("host.size", "s-2vcpu-4gb")], level: "downtime", headline: "downtime" },
  "image": { edits: [], upgrade: ["infra/config/catalog/digitalocean.ts", '"debian-13": "debian-13-x64"', '"debian-13": "debian-13-x64-2"'], level: "replaces a host", headline: "replaces a host behind the gate: no downtime", replaced: ["address-assignment", "web-0"] },
  "image-unnamed": { from: [set("host.image", "debian-12")], edits: [unset("host.image")], level: "replaces a host", headline: "replaces a host behind the gate: no downtime", replaced: ["address-assignment", "web-0"] },
  "database-size": { edits: [set("database.size", "db-s-1vcpu-2gb")], level: "downtime", headline: "downtime" },
  "engine-version": { from: [set("database.version", "14")], edits: [], level: "downtime", headline: "downtime" },
  "engine": { edits: [set("database.engine", "mysql"), set("database.version", "8")], level: "data at risk", headline: "data at risk: refuses", replaced: ["database", "database-db", "database-firewall", "database-user"] },
  "region": { edits: [set("host.region", "ams3")], level: "data at risk", headline: "data at risk: refuses", replaced: ["address", "address-assignment", "backups", "database", "database-db", "database-firewall", "database-user", "network", "web-0"] },
  "domain": { edits: [set("site.domain", "www.ocpizza.com"), set("site.aliases", ["ocpizza.com"]), set("site.zone", "ocpizza.com")], level: "downtime", headline: "downtime" },
  "firewall-opening": { edits: [set("access.sshFrom", ["203.0.113.0/24", "198.51.100.7/32"])], level: "no downtime", headline: "no downtime", line: "- opens web port 22 to 198.51.100.7/32 (operators and releases)" },
  "secret-rotation": { edits: [secret("STRIPE_API_KEY", "STRIPE_API_KEY-2")], level: "restart", headline: "restart of web, rolled: no request fails" },
  "deployment-key-rotation": { edits: [secret("sshPrivateKey", "sshPrivateKey-2")], level: "replaces a host", headline: "replaces a host behind the gate: no downtime", replaced: ["address-assignment", "ssh-key", "web-0"] },
  "target-switch": { edits: [set("target", "aws"), set("host", { region: "eu-central-1", size: "t3.small" }), set("database", { engine: "postgres" }), set("services.web.workers", 3)], level: "data at risk", headline: "data at risk: refuses" },
});
