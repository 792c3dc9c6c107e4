import { type Folder, moduleOf, sources } from "./folder";

/** An application object that a server can load. */
export interface Application {
  readonly kind: "wsgi" | "asgi";
  readonly framework: string;
  /** `shop.wsgi:application` */
  readonly module: string;
  /** Relative path of the file it is in. */
  readonly file: string;
}

const frameworks: Readonly<Record<string, Application["kind"]>> = {
  FastAPI: "asgi",
  Starlette: "asgi",
  Litestar: "asgi",
  Quart: "asgi",
  BlackSheep: "asgi",
  Flask: "wsgi",
  Bottle: "wsgi",
  Falcon: "wsgi",
};

// At the beginning of a line: an object made inside a function is none that a server can name.
const made = new RegExp(`^(\\w+)(?:\\s*:[^=\\n]+)?\\s*=\\s*(?:\\w+\\.)*(${Object.keys(frameworks).join("|")})\\(`, "gm");
const django = /^(\w+)\s*=\s*(?:\w+\.)*get_(wsgi|asgi)_application\(/gm;

/** Every application object of the folder, the likeliest first. */
export function findApplications(folder: Folder): readonly Application[] {
  const found = sources(folder).flatMap((file): Application[] => {
    const text = folder.read(file) ?? "";
    const of = (name: string) => `${moduleOf(file)}:${name}`;
    return [
      ...[...text.matchAll(django)].map(([, name = "", kind]): Application => ({
        kind: kind === "asgi" ? "asgi" : "wsgi",
        framework: "Django",
        module: of(name),
        file,
      })),
      ...[...text.matchAll(made)].map(([, name = "", framework = ""]): Application => ({
        kind: frameworks[framework] ?? "wsgi",
        framework,
        module: of(name),
        file,
      })),
    ];
  });
  return [...found].sort((a, b) => rank(a) - rank(b));
}

/** Django before the rest, since its pages may hold small applications; WSGI before ASGI of the same project; then names and depth. */
function rank({ framework, kind, module, file }: Application): number {
  const name = module.split(":")[1] ?? "";
  const base = file.split("/").at(-1) ?? "";
  return (
    (framework === "Django" ? 0 : 1000) +
    (kind === "wsgi" && framework === "Django" ? 0 : 100) +
    (["app", "application", "api"].includes(name) ? 0 : 50) +
    (["main.py", "app.py", "wsgi.py", "asgi.py", "server.py", "__init__.py"].includes(base) ? 0 : 20) +
    file.split("/").length
  );
}

/** The one to take without a question; undefined where two are as likely. */
export function likeliest(applications: readonly Application[]): Application | undefined {
  const [first, second] = applications;
  return first !== undefined && (second === undefined || rank(second) - rank(first) >= 10) ? first : undefined;
}
