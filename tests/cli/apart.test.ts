import { lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { captureApart, download, withoutAccess } from "../../cli/new/apart";

let scratch: string;
beforeEach(() => (scratch = mkdtempSync(join(tmpdir(), "apart-"))));
afterEach(() => {
  rmSync(scratch, { recursive: true });
  for (const name of ["SHOP_TOKEN", "PIP_INDEX_URL", "SSH_AUTH_SOCK", "UV_PUBLISH_TOKEN"]) Reflect.deleteProperty(process.env, name);
});

const says = (words: readonly string[]) => {
  const folder = join(scratch, "wheel");
  mkdirSync(join(folder, "source"), { recursive: true });
  writeFileSync(join(folder, "source/setup.py"), "", { mode: 0o600 });
  return captureApart(["env"], words, folder, { SOURCE_DATE_EPOCH: "1" });
};

test("what builds a package has a home of its own, and nothing of this process but the way to packages", async () => {
  const secrets = { SHOP_TOKEN: "sesame", UV_PUBLISH_TOKEN: "sesame", SSH_AUTH_SOCK: "/agent" };
  Object.assign(process.env, { ...secrets, PIP_INDEX_URL: "https://index.example" });
  const printed = (await says([])).split("\n");
  expect(printed).toEqual(
    expect.arrayContaining([
      `HOME=${scratch}/wheel/home`,
      `TMPDIR=${scratch}/wheel/tmp`,
      "PIP_INDEX_URL=https://index.example",
      "SOURCE_DATE_EPOCH=1",
    ]),
  );
  expect(printed.filter((line) => /sesame|agent/.test(line))).toEqual([]);
  expect(Object.keys(withoutAccess())).toEqual(expect.arrayContaining(["SHOP_TOKEN", "UV_PUBLISH_TOKEN"]));
  expect(Object.keys(withoutAccess())).not.toContain("SSH_AUTH_SOCK");
});

test("of root it is run as nobody, who may read and write that folder alone", async () => {
  writeFileSync(join(scratch, "secret"), "sesame", { mode: 0o600 });
  const tried = "id -u; cat source/setup.py; touch source/made && echo wrote; cat ../secret 2>/dev/null || echo refused";
  const uid = process.getuid?.() ?? -1;
  expect((await says(["sh", "-c", tried])).split("\n")).toEqual(uid === 0 ? ["65534", "wrote", "refused"] : [`${uid}`, "wrote", "sesame"]);
});

test("a link in a source gives nobody nothing of what it leads to", async () => {
  const [outside, folder] = [join(scratch, "outside"), join(scratch, "wheel")];
  mkdirSync(outside);
  writeFileSync(join(outside, "own"), "");
  mkdirSync(join(folder, "source"), { recursive: true });
  symlinkSync(outside, join(folder, "source/link"));
  symlinkSync(".", join(folder, "source/loop"));
  await captureApart(["env"], [], folder, {});
  const owners = [outside, join(outside, "own"), join(folder, "source/link")].map((path) => lstatSync(path).uid);
  const uid = process.getuid?.() ?? -1;
  expect(owners).toEqual([uid, uid, uid === 0 ? 65534 : uid]);
});

test("what cannot be fetched is named without the password of its address", async () => {
  const asked = download("http://ann:sesame@127.0.0.1:9/one.tar.gz", join(scratch, "one.tar.gz"));
  await expect(asked).rejects.toThrow(/\nerror: http:\/\/127\.0\.0\.1:9\/one\.tar\.gz: .+$/);
});
