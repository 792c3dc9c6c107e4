import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceDigest } from "../../infra/release/digest";
import { sourceFiles } from "../../infra/release/source";

let source: string;

beforeEach(() => {
  source = mkdtempSync(join(tmpdir(), "release-"));
  mkdirSync(join(source, "app/__pycache__"), { recursive: true });
  writeFileSync(join(source, "manage.py"), "print(1)\n", { mode: 0o644 });
  writeFileSync(join(source, "app/views.py"), "pass\n", { mode: 0o644 });
  writeFileSync(join(source, "app/__pycache__/views.pyc"), "x");
  writeFileSync(join(source, ".gitignore"), "staticfiles/\n", { mode: 0o644 });
});

afterEach(() => rmSync(source, { recursive: true }));

const digest = (exclude: string[] = []) => sourceDigest(source, sourceFiles(source, exclude));

test("a release holds what git would, in the order of bytes", () => {
  mkdirSync(join(source, "staticfiles"));
  writeFileSync(join(source, "staticfiles/a.css"), "");
  expect(sourceFiles(source, [])).toEqual([".gitignore", "app/views.py", "manage.py"]);
  expect(sourceFiles(source, ["app/"])).toEqual([".gitignore", "manage.py"]);
});

test("a stack's file that lies in an app's folder is no part of it", () => {
  writeFileSync(join(source, "Pulumi.shop.yaml"), "encryptionsalt: v1:x\n");
  writeFileSync(join(source, "app/Pulumi.page.yaml"), "");
  expect(sourceFiles(source, [])).toEqual([".gitignore", "app/Pulumi.page.yaml", "app/views.py", "manage.py"]);
});

test("the digest is the one hostctl computes", () => {
  // printf of the three lines, by hand: - SHA PATH.
  expect(digest()).toBe("dbb827c69c13bc0e");
});

test("content, path and the executable bit change the digest; time and caches do not", () => {
  const before = digest();
  writeFileSync(join(source, "app/__pycache__/other.pyc"), "y");
  writeFileSync(join(source, "manage.py"), "print(1)\n");
  expect(digest()).toBe(before);
  chmodSync(join(source, "manage.py"), 0o755);
  const executable = digest();
  expect(executable).not.toBe(before);
  writeFileSync(join(source, "manage.py"), "print(2)\n");
  expect(digest()).not.toBe(executable);
});
