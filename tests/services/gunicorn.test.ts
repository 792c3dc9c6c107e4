/** gunicorn's settings, read as gunicorn reads them. Limit: no gunicorn; tests/machines/site.test.ts and bitcoin.test.ts have one. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const settings = resolve(__dirname, "../../infra/services/gunicorn/gunicorn.conf.py");
let release = "";

beforeEach(() => {
  release = mkdtempSync(join(tmpdir(), "release-"));
});

afterEach(() => {
  rmSync(release, { recursive: true });
});

/** What a worker prints in a release's folder, once it has called post_fork. */
function worker(program: string): string {
  const start =
    `import runpy\nscore = lambda: int(open("/proc/self/oom_score_adj").read())\nbefore = score()\nread = ` +
    `runpy.run_path(${JSON.stringify(settings)})\nread["post_fork"]("server", "worker")\n`;
  return execFileSync("python3", ["-c", start + program], { cwd: release, encoding: "utf8" });
}

test("a worker goes before its master when memory runs out", () => {
  expect(worker("print(before < 1000, score() == min(before + 300, 1000))")).toBe("True True\n");
});

test("a release's own gunicorn.conf.py holds, its hook too", () => {
  writeFileSync(
    join(release, "gunicorn.conf.py"),
    "import os\nmax_requests = 500\n_own = _MORE = None\ndef post_fork(server, worker):\n    print(server, worker, __file__ == " +
      'os.path.abspath("gunicorn.conf.py"))\n',
  );
  expect(worker('print(read["max_requests"], score() == min(before + 300, 1000))')).toBe("server worker True\n500 True\n");
});

test("its access log has what visitors asked for, and nothing of the watchdog and of checks, which come without an address", () => {
  // Lines as gunicorn's and uvicorn's workers write them: gunicorn/glogging.py, Logger.access; uvicorn/protocols/http/h11_impl.py.
  const line = (name: string, ...of: readonly string[]) => `logging.getLogger("${name}.access").info(${of.join(", ")})\n`;
  const gunicorn = (headers: string) => line("gunicorn", '"%(r)s"', `{"r": "gunicorn", "a": "hostctl", ${headers}}`);
  const uvicorn = (address: string) => line("uvicorn", "'%s - \"%s %s HTTP/%s\" %d'", `"${address}"`, '"GET"', '"/"', '"1.1"', "200");
  const start = 'import logging, sys\nlogging.basicConfig(level="INFO", stream=sys.stdout, format="%(message)s")\n';
  const lines = [
    gunicorn('"{user-agent}i": "hostctl"'),
    gunicorn('"{x-real-ip}i": "192.0.2.1"'),
    uvicorn(""),
    uvicorn("192.0.2.1:0"),
    line("gunicorn", '"a logger of the release\'s own"'),
  ];
  expect(worker(start + lines.join(""))).toBe('gunicorn\n192.0.2.1:0 - "GET / HTTP/1.1" 200\na logger of the release\'s own\n');
});

test("a fault of a release's own file is told with its place", () => {
  writeFileSync(join(release, "gunicorn.conf.py"), "\nworkers =\n");
  expect(() => worker("")).toThrow(/File "gunicorn.conf.py", line 2[^]*SyntaxError/);
});
