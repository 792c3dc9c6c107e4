import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { npmFolder } from "./setup/npmFolder";
import { debianPackages } from "./setup/packages";
import type { Step } from "./setup/step";

/** Debian's Chromium without a window: half the packages, and its security updates come as the box's own do. */
const program = "/usr/bin/chromium-headless-shell";
const drivers = npmFolder("browser");
const debian = debianPackages("Browser", ["chromium-headless-shell", "fonts-liberation"]);

/** What tests of pages need: Debian's Chromium with fonts, and from npm what drives it and what judges pages. */
export const browser: Step = {
  name: "Browser",
  missing: () =>
    existsSync(program) ? (drivers.isThere() ? null : "what drives it is not installed") : "chromium-headless-shell is missing",
  async make(say) {
    if (debian.missing() !== null) await debian.make(say);
    if (!drivers.isThere()) await drivers.make();
  },
};

/** One page of a browser: of Playwright's as much as is asked of it. https://playwright.dev/docs/api/class-page */
export interface Page {
  goto(url: string): Promise<unknown>;
  url(): string;
  reload(): Promise<unknown>;
  click(selector: string): Promise<void>;
  fill(selector: string, text: string): Promise<void>;
  check(selector: string): Promise<void>;
  press(selector: string, key: string): Promise<void>;
  textContent(selector: string): Promise<string | null>;
  waitForSelector(
    selector: string,
    options?: { readonly state?: "attached" | "visible" | "hidden"; readonly timeout?: number },
  ): Promise<unknown>;
  screenshot(options: { readonly path: string; readonly fullPage?: boolean; readonly animations?: "disabled" }): Promise<unknown>;
  /** Runs a function in the page; what it gives must be JSON. */
  evaluate<T>(script: string): Promise<T>;
  route(url: string, handle: (route: Route) => Promise<void>): Promise<void>;
  unroute(url: string): Promise<void>;
  on(event: "console", listener: (message: { type(): string; text(): string }) => void): unknown;
  on(event: "pageerror", listener: (error: Error) => void): unknown;
}

export interface Route {
  abort(): Promise<void>;
  continue(): Promise<void>;
  fulfill(answer: { readonly status: number; readonly contentType?: string; readonly body: string }): Promise<void>;
}

export interface Look {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme?: "light" | "dark";
  readonly isMobile?: boolean;
  readonly hasTouch?: boolean;
  readonly deviceScaleFactor?: number;
}

interface Context {
  newPage(): Promise<Page>;
  addInitScript(script: { readonly content: string }): Promise<void>;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: {
    launch(options: { readonly executablePath: string; readonly args: readonly string[] }): Promise<{
      newContext(look: Look & { readonly locale: string; readonly timezoneId: string; readonly reducedMotion: "reduce" }): Promise<Context>;
      close(): Promise<void>;
    }>;
  };
}

/** A browser that is open. */
export interface Browser {
  /** A page of a visitor of its own, with axe in it. */
  page(look: Look): Promise<Page>;
  close(): Promise<void>;
}

/** @throws when set-up has not installed it */
export async function openBrowser(): Promise<Browser> {
  if (browser.missing() !== null) throw new Error("the browser is missing; npm test installs it");
  const load = createRequire(join(drivers.folder(), "package.json"));
  const { chromium } = load("playwright-core") as Playwright;
  const axe = readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");
  // Root has no sandbox of Chromium's; the pages are our own.
  const opened = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
  return {
    async page(look) {
      const context = await opened.newContext({ ...look, locale: "en-GB", timezoneId: "Europe/Paris", reducedMotion: "reduce" });
      // Before the page's own scripts and outside its Content-Security-Policy.
      await context.addInitScript({ content: axe });
      return context.newPage();
    },
    close: () => opened.close(),
  };
}

/** What axe finds in a page: rule, and the elements that break it. https://www.deque.com/axe/core-documentation/api-documentation/ */
export const violations = (page: Page): Promise<readonly string[]> => page.evaluate<readonly string[]>(`axe.run().then(${toldInLines})`);

const toldInLines = `({ violations }) =>
  violations.map(({ id, nodes }) => id + ": " + nodes.map(({ target }) => target.join(" ")).join(", "))`;
