/**
 * The simulated cloud itself, with a program of its own: a host behind a gate behind an address. Limit: it proves how engine, program and
 * simulation play together; that DigitalOcean behaves as the simulation does is known from its provider's sources alone.
 */
import { resolve } from "node:path";
import { runInside } from "../cloud/inside";
import { steps, TestCloud } from "./cloud";
import { run, type Outcome } from "./stack";

const cloud = new TestCloud("cloudsim", "10.84.20.0/24", "digitalocean", { program: resolve(__dirname, "../cloud/program") });

afterAll(async () => {
  expect((await cloud.down()).code).toBe(0);
}, 60_000);

async function fetched(address: unknown): Promise<string> {
  const { code, stdout } = await run("curl", ["-s", "--max-time", "3", `http://${String(address)}/`]);
  return code === 0 ? stdout.trim() : `curl: ${code}`;
}

const said = ({ stdout, stderr }: Outcome) => `${stdout}\n${stderr}`;

test("a preview of a new stack creates nothing", async () => {
  await cloud.configure({ "cloudsim:range": cloud.range, "cloudsim:page": "first", "cloudsim:database": "true" });
  const preview = await cloud.preview();
  expect([preview.code, said(preview)]).toEqual([0, expect.stringContaining("10 to create")]);
  expect(cloud.entries()).toEqual([]);
}, 60_000);

test("the first up leads the address to the machine", async () => {
  await cloud.mustUp();
  const { reserved, own, urn } = await cloud.values();
  expect([await fetched(reserved), await fetched(own)]).toEqual(["first", "first"]);
  expect(urn).toBe(`do:droplet:${cloud.resources("Droplet")[0]?.id ?? ""}`);
}, 180_000);
