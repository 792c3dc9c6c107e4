/** Limit: these show what a review says of a rehearsal; applying a change and looking is what tests/machines are for. */
import { secret, secretsOf, set } from "./changes";
import { reviewTests } from "./table";

reviewTests("local", secretsOf("local"), {
  "nothing": { edits: [], level: "nothing", headline: "nothing changes" },
  "worker-count": { edits: [set("services.web.workers", 2)], level: "restart", headline: "restart of web, rolled: no request fails" },
  "nginx-option": { edits: [set("site.maxBodyMiB", 25)], level: "no downtime", headline: "no downtime" },
  "new-job": { edits: [set("jobs.clear-sessions", { run: "python manage.py clearsessions", schedule: "daily" })], level: "no downtime", headline: "no downtime" },
  "host-size": { edits: [set("host.memoryMiB", 4096)], level: "no downtime", headline: "no downtime" },
  "image": { edits: [set("host.image", "debian-12"), set("database.version", "15")], level: "data at risk", headline: "data at risk: refuses", replaced: ["database-0", "database-0-image", "web-0", "web-0-image"] },
  "database-size": { edits: [set("database.memoryMiB", 2048)], level: "downtime", headline: "downtime" },
  "engine-version": { edits: [set("database.version", "16")], level: "refused", headline: "refused: problems" },
  "network-range": { edits: [set("network.range", "10.21.0.0/24")], level: "refused", headline: "refused: problems, and data at risk", replaced: ["database-0", "network", "web-0"] },
  "domain": { edits: [set("site.domain", "www.ocpizza.test"), set("site.tls", "none")], level: "restart", headline: "restart of web, rolled: no request fails" },
  "firewall-opening": { edits: [set("access.sshFrom", ["10.20.0.1/32", "198.51.100.0/24"])], level: "no downtime", headline: "no downtime" },
  "secret-rotation": { edits: [secret("STRIPE_API_KEY", "STRIPE_API_KEY-2")], level: "restart", headline: "restart of web, rolled: no request fails" },
  "deployment-key-rotation": { edits: [secret("sshPrivateKey", "sshPrivateKey-2")], level: "refused", headline: "refused: problems", replaced: ["web-0"] },
  "target-switch": { edits: [set("target", "digitalocean"), set("host", { region: "fra1", size: "s-1vcpu-2gb" }), set("services.web.workers", 2), set("access.sshFrom", ["203.0.113.0/24"]), set("site.domain", "www.ocpizza.fr")], level: "data at risk", headline: "data at risk: refuses" },
});
