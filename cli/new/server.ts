import type { Application } from "./applications";
import { packageName, type Requirements } from "./requirements";

/** A package that a host needs and the application does not name. */
export interface Addition {
  readonly requirement: string;
  readonly why: string;
}

/** What must be added to the requirements for a host to serve the application. */
export function additions(application: Application, { lines }: Requirements, database: boolean): readonly Addition[] {
  const has = (name: string) => lines.some((line) => packageName(line) === name);
  const wanted: readonly (Addition & { readonly needed: boolean })[] = [
    { requirement: "gunicorn", why: "the server", needed: true },
    { requirement: "uvicorn", why: "the server's part for ASGI", needed: application.kind === "asgi" },
    { requirement: "uvicorn-worker", why: "joins the two", needed: application.kind === "asgi" },
    ...(application.framework === "Django"
      ? [
          { requirement: "psycopg[binary]", why: "PostgreSQL", needed: database && !["psycopg2", "psycopg2-binary", "psycopg-binary"].some(has) && !lines.some((line) => /^psycopg\[[^\]]*binary/i.test(line)) },
          { requirement: "tzdata", why: "time zones, which a small Debian does not have", needed: true },
        ]
      : []),
  ];
  return wanted.filter(({ requirement, needed }) => needed && (requirement.includes("[") || !has(packageName(requirement)))).map(({ requirement, why }) => ({ requirement, why }));
}
