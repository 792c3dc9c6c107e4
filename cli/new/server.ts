import type { Application } from "./applications";
import { allows } from "./python";

/** A package that a host needs and the application does not bring. */
export interface Addition {
  readonly requirement: string;
  readonly why: string;
}

/**
 * What must be added for a host to serve the application. @param packages names and versions of all that it brings, those that others ask
 * for included
 */
export function additions(application: Application, packages: ReadonlyMap<string, string>, database: boolean): readonly Addition[] {
  const driver = ["psycopg2", "psycopg2-binary", "psycopg-binary", "psycopg-c"].some((name) => packages.has(name));
  const wanted: readonly (Addition & { readonly needed: boolean })[] = [
    { requirement: "gunicorn", why: "the server", needed: !packages.has("gunicorn") },
    { requirement: "uvicorn", why: "the server's part for ASGI", needed: application.kind === "asgi" && !packages.has("uvicorn") },
    { requirement: "uvicorn-worker", why: "joins the two", needed: application.kind === "asgi" && !packages.has("uvicorn-worker") },
    ...(application.framework === "Django"
      ? [
          // Django knows psycopg 3 from 4.2 on. https://docs.djangoproject.com/en/5.2/releases/4.2/#psycopg-3-support
          {
            requirement: allows("<4.2", packages.get("django") ?? "") ? "psycopg2-binary" : "psycopg[binary]",
            why: "PostgreSQL",
            needed: database && !driver,
          },
          { requirement: "tzdata", why: "time zones, which a small Debian does not have", needed: !packages.has("tzdata") },
        ]
      : []),
  ];
  return wanted.filter(({ needed }) => needed).map(({ requirement, why }) => ({ requirement, why }));
}
