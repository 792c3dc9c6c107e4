import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fill } from "../../infra/host/render";
import type { Django } from "./django";

const template = (name: string): string => readFileSync(join(__dirname, `${name}.tmpl`), "utf8");

/** Module of {@link overlay}, beside manage.py. */
export const overlayModule = "webstack_settings";

/**
 * A settings module over the project's own, which stays as it is: hosts, database, static folder and proxy come from what a host
 * gives to every app (DATABASE_URL, SITE_HOSTS, SITE_SCHEME).
 * @param staticRoot folder below manage.py that collectstatic fills; "" for none
 */
export function overlay({ settings, secretKey, uploads }: Django, database: boolean, staticRoot: string): string {
  return fill(
    template("webstack_settings.py"),
    {
      settings,
      secretKey,
      database: database ? template("database.py") : "",
      static:
        staticRoot === ""
          ? ""
          : `\n# Filled by the release step \`static\`, served by nginx.\nSTATIC_ROOT = ` +
            `os.path.join(os.path.dirname(os.path.abspath(__file__)), "${staticRoot}")\n`,
      uploads: uploads
        ? '\n# The one folder that the app may write: backup.paths of the stack\'s file.\nMEDIA_ROOT = "/srv/webstack/shared/data/media"\n'
        : "",
    },
    "cli/new/webstack_settings.py.tmpl",
  );
}
