import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { awaitSite, fetchSite } from "../../cli/site";

let server: Server;
let url: string;

beforeAll(async () => {
  let asked = 0;
  server = createServer((request, response) => response.writeHead(request.url === "/" || (request.url === "/late" && ++asked > 1) ? 200 : 500).end("hello"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

test("a page is described by status, size and time", async () => {
  expect(await fetchSite(`${url}/`)).toEqual({ ok: true, text: expect.stringMatching(/^200 OK, 5 bytes in \d+ ms$/) as string });
});

test("an error page is not ok", async () => {
  expect(await fetchSite(`${url}/broken`)).toEqual({ ok: false, text: expect.stringMatching(/^500 Internal Server Error, 5 bytes/) as string });
});

test("a site that does not answer is described, not thrown", async () => {
  expect(await fetchSite("http://127.0.0.1:1/")).toEqual({ ok: false, text: expect.stringMatching(/^no answer from http:\/\/127\.0\.0\.1:1\/: ./) as string });
});

test("a page that is lost once is asked for again, and one that stays broken not longer than it is told", async () => {
  expect([(await awaitSite(`${url}/late`, 5)).ok, (await awaitSite(`${url}/broken`, 1)).ok]).toEqual([true, false]);
});
