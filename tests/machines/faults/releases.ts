import assert from "node:assert/strict";
import type { Fault } from "./fault";
import type { FaultSite } from "./site";

/** A release that must be refused, and the site beside it. */
async function refused(site: FaultSite, file: readonly [string, string, string], why: RegExp): Promise<string> {
  const before = await site.release();
  const { code, stderr } = await site.update(file);
  assert.equal(code, 1);
  assert.match(stderr, why);
  assert.equal(await site.release(), before);
  assert.match(await site.run("grep -c '> ERROR' /var/log/webstack/deploy_logs"), /^[1-9]/);
  assert.equal((await site.attempt("hostctl verify")).code, 0);
  return "the release exits with 1, names the step and shows its words; the old one serves, as declared";
}

export const badMigration: Fault = {
  name: "bad migration",
  how: "a release whose migration makes a table, then fails",
  fails: "none",
  async run(site) {
    const migration = `from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_menu")]
    operations = [migrations.RunSQL("create table half (id int)"), migrations.RunSQL("select no_such_column from shop_order")]
`;
    const seen = await refused(
      site,
      ["0003_bad.py", "shop.migrations", migration],
      /Database-upgrading: `python manage\.py migrate --noinput` ended with 1[^]*no_such_column/,
    );
    assert.equal(await site.superuser("select count(*) from pg_class where relname = 'half'"), "0");
    return `${seen}; nothing of the migration is left`;
  },
};

export const badStaticStep: Fault = {
  name: "bad static step",
  how: "a release whose style sheet names a picture that is not there",
  fails: "none",
  run: (site) =>
    refused(
      site,
      ["site.css", "shop.static.shop", `${site.source("shop/static/shop/site.css")}\nbody { background: url("no-such.png") }\n`],
      /static: `python manage\.py collectstatic --noinput` ended with 1[^]*no-such\.png/,
    ),
};
