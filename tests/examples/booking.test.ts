/**
 * The pages of the booking example in a browser, on a MariaDB of their own: what a visitor and an organiser do, on desktop and phone, light
 * and dark. Pictures are left in .webstack/screenshots. Limit: Chromium; the app's own server, without nginx before it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

import { type Browser, type Look, openBrowser, type Page, violations } from "../../tools/browser";
import { withMariadb } from "../../tools/mariadb";
import { project } from "../../tools/setup/folders";
import { capture } from "../../tools/setup/process";
import { venvOf } from "../../tools/setup/venv";

jest.setTimeout(120_000);

const folder = join(project, "examples/booking");
const pictures = join(project, ".webstack/screenshots");
const password = "a password for tests";

const desktop: Look = { viewport: { width: 1280, height: 900 }, colorScheme: "light" };
const looks: Readonly<Record<string, Look>> = {
  light: desktop,
  dark: { ...desktop, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: "light", isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
};

let site = "";
let port = 0;
let start: () => Promise<ChildProcess>;
let server: ChildProcess;
let browser: Browser;
let leave: () => void;
let database: Promise<void>;
/** What browsers complained of: errors of scripts, and what the pages' policy kept out. */
const complaints: string[] = [];

beforeAll(async () => {
  const python = await venvOf(join(folder, "requirements.txt"));
  port = await freePort();
  site = `http://127.0.0.1:${port}`;
  await new Promise<void>((ready, refuse) => {
    database = withMariadb(async (url) => {
      const env = { ...process.env, DATABASE_URL: url, ADMIN_PASSWORD: password };
      for (const step of ["migrate", "sample"]) await capture(python, ["-m", `booking.${step}`], { cwd: folder, env });
      start = async () => {
        const words = ["-m", "uvicorn", "--port", String(port), "--timeout-graceful-shutdown", "1", "--log-level", "warning", "booking.main:app"];
        const started = spawn(python, words, { cwd: folder, env, stdio: "inherit" });
        while ((await fetch(`${site}/livez`).catch(() => null))?.ok !== true) {
          if (started.exitCode !== null) throw new Error(`the site ended with ${started.exitCode}`);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return started;
      };
      server = await start();
      ready();
      await new Promise<void>((resolve) => (leave = resolve));
    });
    database.catch(refuse);
  });
  browser = await openBrowser();
  mkdirSync(pictures, { recursive: true });
  // A virtual environment is made where there is none yet.
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await stop();
  leave?.();
  await database;
});

async function stop(): Promise<void> {
  if (server === undefined || server.exitCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  await ended;
}

async function freePort(): Promise<number> {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port: found } = taken.address() as { readonly port: number };
  taken.close();
  return found;
}

async function visit(path: string, look: Look = desktop): Promise<Page> {
  const page = await browser.page(look);
  page.on("pageerror", (error) => complaints.push(`${path}: ${error.message}`));
  page.on("console", (message) => {
    // A 401 or 409 that a test asks for is an error to the console as well.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) complaints.push(`${path}: ${message.text()}`);
  });
  await page.goto(`${site}${path}`);
  return page;
}

const events = async (query: string): Promise<readonly { readonly id: number; readonly sessions: readonly { readonly id: number }[] }[]> =>
  ((await (await fetch(`${site}/events/?q=${encodeURIComponent(query)}`)).json()) as { events: never[] }).events;

/** Somebody else books. */
async function book(session: number, key: string): Promise<number> {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": `${key}-0123456789abcdef` };
  const answer = await fetch(`${site}/sessions/${session}/bookings`, { method: "POST", headers, body: JSON.stringify({ name: "Somebody", seats: 1 }) });
  return answer.status;
}

async function signIn(page: Page): Promise<void> {
  await page.waitForSelector("#password");
  await page.fill("#password", password);
  await page.press("#password", "Enter");
  await page.waitForSelector(".live.live.live");
}

test.each(Object.entries(looks))("%s: nothing that axe finds on any page, in any of its states, and nothing wider than the screen", async (name, look) => {
  const found: Record<string, readonly string[]> = {};
  const page = await visit("/", look);
  const judge = async (state: string) => {
    await page.screenshot({ path: join(pictures, `${name}-${state}.png`), fullPage: true, animations: "disabled" });
    const wide = await page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");
    found[state] = [...(await violations(page)), ...(wide ? ["wider than the screen"] : [])];
  };
  const [winter, monsters] = [(await events("Winter Garden"))[0]?.id, (await events("Monsters"))[0]?.id];
  await page.waitForSelector(".card h2");
  await judge("events");
  await page.goto(`${site}/?q=nothing+like+it`);
  await page.waitForSelector(".blank");
  await judge("nothing");
  await page.goto(`${site}/event.html?id=${winter}`);
  await page.waitForSelector(".panel form");
  await judge("event");
  await page.fill("#name", "Ada Lovelace");
  await page.click("button[type=submit]");
  await page.waitForSelector(".done.confirmed");
  await judge("booked");
  await page.goto(`${site}/event.html?id=${monsters}`);
  await page.waitForSelector(".panel form");
  await page.check(".option.full input");
  await page.fill("#name", "Ada Lovelace");
  await page.click("button[type=submit]");
  await page.waitForSelector(".done.waiting");
  await judge("waiting");
  await page.goto(`${site}/bookings.html`);
  await page.waitForSelector(".ticket h2");
  await judge("bookings");
  await page.click(".ticket.waiting button");
  await page.waitForSelector("dialog[open]");
  await judge("giving-up");
  await page.goto(`${site}/event.html?id=0`);
  await page.waitForSelector(".blank");
  await judge("no-event");
  await page.goto(`${site}/admin.html`);
  await page.waitForSelector("#password");
  await judge("sign-in");
  await signIn(page);
  await page.waitForSelector(".row");
  await judge("admin");
  expect(found).toEqual(Object.fromEntries(Object.keys(found).map((state) => [state, []])));
});

test("a visitor finds an event by its words and by its category, and comes back to what was sought", async () => {
  const page = await visit("/");
  await page.waitForSelector(".card h2");
  await page.fill("#q", "candlelight");
  await page.press("#q", "Enter");
  await page.waitForSelector("text=1 event for “candlelight”");
  expect(await page.textContent(".card h2")).toBe("Quartets after Dark");
  await page.click(".card h2 a");
  await page.waitForSelector("h1");
  expect(await page.textContent("h1")).toBe("Quartets after Dark");
  await page.evaluate("history.back()");
  await page.waitForSelector("text=1 event for “candlelight”");
  await page.goto(`${site}/?category=food`);
  await page.waitForSelector("text=2 events in food");
  expect(await page.textContent(".chip[aria-pressed=true]")).toBe("food");
});

test("a booking is sent again with its key when its answer was lost, takes its seats once, and can be given up", async () => {
  const [event] = await events("Mushroom");
  const page = await visit(`/event.html?id=${event?.id}`);
  await page.waitForSelector(".panel form");
  await page.click("button[aria-label='One seat more']");
  await page.fill("#name", "Grace");
  const keys: string[] = [];
  // The server has taken the seats, and its answer does not arrive.
  await page.route("**/bookings", async (route) => {
    const { key, fetched } = await lost(route);
    keys.push(key);
    if (keys.length === 1) {
      await fetched();
      await route.abort();
    } else await route.continue();
  });
  await page.click("button[type=submit]");
  await page.waitForSelector(".done.confirmed");
  await page.unroute("**/bookings");
  expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
  expect(await left("Mushroom")).toBe(10);
  await page.goto(`${site}/bookings.html`);
  await page.waitForSelector(".ticket.confirmed");
  await page.click(".ticket.confirmed button");
  await page.click("dialog button[value=cancel]");
  await page.waitForSelector(".ticket.cancelled");
  expect(await page.textContent("#notice")).toBe("The Mushroom Walk: given up.");
  expect(await left("Mushroom")).toBe(12);
});

test("a booking whose answers were all lost has its seats once, also when the visitor sends it again", async () => {
  const [event] = await events("Print Your Own Poster");
  const page = await visit(`/event.html?id=${event?.id}`);
  await page.waitForSelector(".panel form");
  await page.fill("#name", "Grace");
  const keys: string[] = [];
  await page.route("**/bookings", async (route) => {
    const { key, fetched } = await lost(route);
    keys.push(key);
    await fetched();
    await route.abort();
  });
  await page.click("button[type=submit]");
  await page.waitForSelector("text=The site does not answer.");
  await page.unroute("**/bookings");
  expect(await left("Print Your Own Poster")).toBe(6);
  await page.click("button[type=submit]");
  await page.waitForSelector(".done.confirmed");
  expect([keys.length, new Set(keys).size]).toEqual([4, 1]);
  expect(await left("Print Your Own Poster")).toBe(6);
});

/** Key of a request that a route holds, and what has it reach the server all the same. */
async function lost(route: unknown): Promise<{ key: string; fetched(): Promise<unknown> }> {
  const held = route as { fetch(): Promise<unknown>; request(): { allHeaders(): Promise<Record<string, string>> } };
  return { key: (await held.request().allHeaders())["idempotency-key"] ?? "", fetched: () => held.fetch() };
}

async function left(query: string): Promise<number | undefined> {
  const [event] = (await events(query)) as unknown as readonly { readonly sessions: readonly { readonly left: number }[] }[];
  return event?.sessions[0]?.left;
}

test("a seat that goes while a visitor types is told, with the waiting list in its place", async () => {
  const [event] = await events("Bread");
  const session = event?.sessions[0]?.id ?? 0;
  const page = await visit(`/event.html?id=${event?.id}`);
  await page.waitForSelector(".panel form");
  await page.fill("#name", "Late");
  expect(await book(session, "quicker")).toBe(201);
  await page.click("button[type=submit]");
  await page.waitForSelector("text=This session is sold out.");
  expect(await page.textContent("button[type=submit]")).toBe("Join the waiting list");
  await page.click("button[type=submit]");
  await page.waitForSelector(".done.waiting");
});

test("an organiser makes an event and a session, and sees its seats go, also over a restart of the site", async () => {
  const page = await visit("/admin.html");
  await page.waitForSelector("#password");
  await page.fill("#password", "not the password");
  await page.press("#password", "Enter");
  await page.waitForSelector("text=This is not the password.");
  await signIn(page);
  await page.fill("#name", "Open rehearsal");
  await page.fill("#venue", "The cellar");
  await page.fill("#categories", "music, free");
  await page.fill("#new-starts", "2099-05-01T20:00");
  await page.fill("#new-seats", "7");
  await page.click("form[aria-label='New event'] button");
  await page.waitForSelector(".row:has-text('Open rehearsal')");
  const [event] = await events("Open rehearsal");
  await page.evaluate(`document.querySelector("#event").value = "${event?.id}"`);
  await page.fill("#more-starts", "2099-05-02T20:00");
  await page.click("form[aria-label='Another session'] button");
  await page.waitForSelector("text=Open rehearsal has 2 sessions.");
  const session = event?.sessions[0]?.id ?? 0;
  const row = `#session-${session} .number`;
  expect(await book(session, "first")).toBe(201);
  await page.waitForSelector(`${row}:has-text("1 / 7")`, { timeout: 5000 });

  // An answer that is no stream ends a browser's own attempts: this is what a host that is being replaced gives.
  await page.route("**/admin/seats*", (route) => route.fulfill({ status: 502, body: "" }));
  await stop();
  await page.waitForSelector(".live.lost");
  server = await start();
  expect(await book(session, "second")).toBe(201);
  await page.unroute("**/admin/seats*");
  await page.waitForSelector(`${row}:has-text("2 / 7")`, { timeout: 5000 });
  await page.waitForSelector("text=Open rehearsal 1 seat booked");
  await page.waitForSelector(".live.live.live");
});

test("a site that does not answer says so, and the button tries again", async () => {
  const page = await visit("/");
  await page.waitForSelector(".card h2");
  await page.route("**/events/*", (route) => route.abort());
  await page.click(".chip:nth-child(2)");
  await page.waitForSelector("text=The site does not answer.");
  await page.unroute("**/events/*");
  await page.click("text=Try again");
  await page.waitForSelector(".card h2");
});

test("no script failed, and the pages load nothing that their policy keeps out", () => {
  expect(complaints).toEqual([]);
});
