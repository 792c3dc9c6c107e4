import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { awaitSite, fetchSite } from "../../cli/site";

let server: Server;
let url: string;

beforeAll(async () => {
  let asked = 0;
  server = createServer((request, response) => {
    if (request.url === "/held")
      response
        .writeHead(503)
        .end(request.headers.accept === "application/json" ? '{"maintenance": true, "message": "We are back soon", "until": null}' : "<p>");
    else if (request.url === "/refused") response.writeHead(503).end('{"error": "database_unavailable"}');
    else response.writeHead(request.url === "/" || (request.url === "/late" && ++asked > 1) ? 200 : 500).end("hello");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

test("a page is described by status, size and time", async () => {
  expect(await fetchSite(`${url}/`)).toEqual({ ok: true, text: expect.stringMatching(/^200 OK, 5 bytes in \d+ ms$/) as string });
});

test("an error page is not ok", async () => {
  expect(await fetchSite(`${url}/broken`)).toEqual({
    ok: false,
    text: expect.stringMatching(/^500 Internal Server Error, 5 bytes/) as string,
  });
});

test("a site in maintenance answers as it should, with what visitors read; another 503 does not", async () => {
  expect(await fetchSite(`${url}/held`)).toEqual({
    ok: true,
    text: expect.stringMatching(/^503 Service Unavailable, 3 bytes in \d+ ms; the site is in maintenance: We are back soon$/) as string,
  });
  expect(await fetchSite(`${url}/refused`)).toEqual({
    ok: false,
    text: expect.stringMatching(/^503 Service Unavailable, \d+ bytes in \d+ ms$/) as string,
  });
});

test("a site that does not answer is described, not thrown", async () => {
  expect(await fetchSite("http://127.0.0.1:1/")).toEqual({
    ok: false,
    text: expect.stringMatching(/^no answer from http:\/\/127\.0\.0\.1:1\/: ./) as string,
  });
});

test("a page that is lost once is asked for again, and one that stays broken not longer than it is told", async () => {
  expect([(await awaitSite(`${url}/late`, 5)).ok, (await awaitSite(`${url}/broken`, 1)).ok]).toEqual([true, false]);
});
