import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const root = join(__dirname, "../..");
let server: Server;
let asked: (string | undefined)[];
let answers: number[];

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(`${request.headers.host}${request.url}`);
    response.writeHead(answers.length > 1 ? (answers.shift() ?? 0) : (answers[0] ?? 0)).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => server.close());

function gate(seconds: number): Promise<{ code: number; out: string; err: string }> {
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const site = { scheme: "http", name: "www.example.org", paths: ["/healthz", "/api/healthz"] };
  const env = { ...process.env, ADDRESS: address, SITE: JSON.stringify(site), SECONDS: String(seconds) };
  return new Promise((resolve) => {
    execFile("node", ["--require", "tsx/cjs", "infra/release/gate.ts"], { cwd: root, env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err: err.replace(address, "ADDRESS") });
    });
  });
}

test("the gate opens when each page answers 200 by the site's name, after some that do not yet", async () => {
  answers = [502, 200];
  const { code, out } = await gate(10);
  expect(code).toBe(0);
  expect(out.split("\n").map((line) => line.replace(/127.*/, "ADDRESS"))).toEqual([
    "http://www.example.org/healthz answers 200 on ADDRESS",
    "http://www.example.org/api/healthz answers 200 on ADDRESS",
    "",
  ]);
  expect(asked).toEqual(["www.example.org/healthz", "www.example.org/healthz", "www.example.org/api/healthz"]);
}, 30_000);

test("the gate stays closed after its time, and says why", async () => {
  answers = [503];
  const { code, err } = await gate(1);
  expect([code, err]).toEqual([
    1,
    "the gate stays closed: http://www.example.org/healthz did not answer 200 on ADDRESS within 1 s (it answered 503); the site's " +
      "address was not moved\n",
  ]);
}, 30_000);
