import { existsSync } from "node:fs";
import { join } from "node:path";
import { cachedFor, project } from "./setup/folders";
import { goBuild } from "./setup/go";
import type { Step } from "./setup/step";

const source = join(project, "tools", "http3");

const built = (): string =>
  join(
    cachedFor(
      "http3",
      ["main.go", "go.mod", "go.sum"].map((name) => join(source, name)),
    ),
    "http3",
  );

/** A visitor who comes by HTTP/3, as neither Node nor k6 does. @throws when set-up has not built it. */
export function findHttp3(): string {
  if (!existsSync(built())) throw new Error("the client of HTTP/3 is missing; npm test and npm run bench build it");
  return built();
}

/** Built from tools/http3 and its Go modules, for tests and benches of HTTP/3. https://github.com/quic-go/quic-go */
export const http3: Step = {
  name: "HTTP/3 client",
  missing: () => (existsSync(built()) ? null : "the client of HTTP/3 is not built"),
  make: () => goBuild({ folder: source, package: ".", output: built() }),
};
