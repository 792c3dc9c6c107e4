/**
 * `npm run reference`: writes what is made from the key table, the rules and the imports. tests/config/reference.test.ts fails when it is
 * stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalog } from "../infra/config/catalog";
import { type Debian, debianNames, debians, defaultDebian } from "../infra/config/catalog/debian";
import { keys } from "../infra/config/keys";
import { keyRows, keySchema, type Keys } from "../infra/config/schema/section";
import type { JsonSchema } from "../infra/config/schema/type";
import { targetDefaults } from "../infra/config/targets";
import { unused } from "../infra/config/unused";
import { importPicture } from "./architecture/picture";
import { policyPage } from "./policyReference";

const root = join(__dirname, "..");
const table: Keys = keys;

/** Text of each generated file, by its path below the project. */
export function referenceFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["docs/reference.md", markdown()],
    ["docs/policy.md", policyPage()],
    ["docs/architecture.md", withPicture(readFileSync(join(root, "docs/architecture.md"), "utf8"))],
    ["docs/webstack.schema.json", `${JSON.stringify(stackFileSchema(), null, 2)}\n`],
    ["Pulumi.yaml", withConfig(readFileSync(join(root, "Pulumi.yaml"), "utf8"))],
  ]);
}

function markdown(): string {
  const sections = Object.entries(table).map(([name, key]) => {
    const lines = keyRows(key, name).map(
      (row) =>
        `| \`${row.at}\` | ${cell(row.type)} | ${cell(row.default)} | ${usedOn(row.at)}${cell(row.says)} | ` +
        `\`${cell(JSON.stringify(row.example))}\` |`,
    );
    return [
      `## ${name}`,
      "",
      `${sentence(key.says)}`,
      "",
      "| key | must be | default | what it is | example |",
      "|---|---|---|---|---|",
      ...lines,
      "",
    ].join("\n");
  });
  return [
    "# Keys of a stack file",
    "",
    "Made from the key table, [infra/config/keys.ts](../infra/config/keys.ts), by `npm run reference`. In `Pulumi.<stack>.yaml` " +
      "each section is a key with the name of the project before it:",
    "`webstack:app`, `webstack:services`. NAME and URL stand for names of your own, N for a place in a list, counted from 0. " +
      "Unknown keys are refused, keys that the stack's target has no use",
    "for, too, and all problems of a file are told at once.",
    "",
    "A command is split into words as a shell would, with quotes and backslashes, but no shell runs it: `;`, `|`, `>`, `$` and the " +
      "like are refused outside single quotes.",
    "",
    "Secrets are keys of their own, encrypted in the file, or in `.webstack/Pulumi.<stack>.yaml` where the target is local: `npm " +
      "run secret -- STACK set DJANGO_SECRET_KEY`. Every stack needs one for itself, the key it logs in to its hosts with:",
    "`npm run key -- STACK` makes it in memory, encrypts it into that file alone, and prints its public half.",
    "",
    ...sections,
    ...imagesSection(),
  ].join("\n");
}

/** What each machine image brings. */
function imagesSection(): readonly string[] {
  const brings: readonly (readonly [title: string, of: (debian: Debian) => string])[] = [
    ["Python", ({ python }) => python],
    ["PostgreSQL", ({ postgres }) => postgres],
    ["MariaDB", ({ mariadb }) => mariadb],
    ["nginx", ({ nginx }) => nginx],
    ["restic", ({ restic }) => restic],
    ["PHP", ({ php }) => php],
    ["HAProxy", ({ haproxy }) => haproxy],
    ["Valkey", ({ valkey }) => (valkey.title === "Valkey" ? valkey.version : `none; ${valkey.title} ${valkey.version}`)],
    ["security updates until", ({ supportedUntil }) => supportedUntil],
  ];
  return [
    "## Images",
    "",
    "What the machine images bring, from [infra/config/catalog/debian.ts](../infra/config/catalog/debian.ts). On local the database " +
      "is the image's, and there alone MariaDB stands for MySQL.",
    "",
    `| image | ${brings.map(([title]) => title).join(" | ")} |`,
    `|---|${brings.map(() => "---|").join("")}`,
    ...debianNames.map(
      (name) => `| \`${name}\`${name === defaultDebian ? " (default)" : ""} | ${brings.map(([, of]) => of(debians[name])).join(" | ")} |`,
    ),
    "",
    "Versions of the clouds' databases, the default first, with the last day of RDS's standard support, or on digitalocean, which " +
      "publishes none, of the makers' own:",
    "",
    ...(["digitalocean", "aws"] as const).flatMap((target) =>
      (["postgres", "mysql"] as const).map((engine) => {
        const until = catalog[target].supportedUntil[engine];
        const versions = targetDefaults[target].versions(defaultDebian)[engine];
        const dated = versions.map((version) => `${version}${(until[version] ?? null) === null ? "" : ` (${until[version]})`}`);
        return `- ${engine} on ${target}: ${dated.join(", ")}`;
      }),
    ),
    "",
  ];
}

/** `(digitalocean, aws) ` before the description of a key that not every target has a use for. */
function usedOn(at: string): string {
  const all = Object.entries(unused);
  const having = all.filter(([, without]) => !Object.keys(without).some((key) => `${at}.`.startsWith(`${key}.`))).map(([target]) => target);
  return having.length === all.length ? "" : `(${having.join(", ")}) `;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
const cell = (text: string): string => text.replaceAll("|", "\\|");

/** What an editor checks in a stack file; secrets are the keys it lets through by their encrypted form. */
function stackFileSchema(): JsonSchema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Stack file of webstack",
    type: "object",
    additionalProperties: false,
    properties: {
      secretsprovider: { type: "string" },
      encryptedkey: { type: "string" },
      encryptionsalt: { type: "string" },
      environment: {},
      config: {
        type: "object",
        properties: Object.fromEntries(Object.entries(table).map(([name, key]) => [`webstack:${name}`, keySchema(key)])),
        patternProperties: {
          [`^webstack:(?!(${Object.keys(table).join("|")})$)`]: {
            type: "object",
            required: ["secure"],
            additionalProperties: false,
            properties: { secure: { type: "string" } },
          },
        },
        required: ["webstack:target", "webstack:app", "webstack:services"],
      },
    },
    required: ["config"],
  };
}

/**
 * The project file with its last section, `config`, made anew. Each key has an empty default: without one Pulumi itself refuses a
 * stack that leaves the key out, one key at a time and without an example.
 */
function withConfig(projectFile: string): string {
  const head = projectFile.split(/^config:$/m, 1)[0] ?? "";
  const lines = Object.entries(table).flatMap(([name, key]) => {
    const { type } = key.type.schema;
    // No empty text stands for a default that is worked out, and Pulumi does not miss what it has not been told of.
    if (type === undefined && key.absent.kind === "computed") return [];
    const shape = type === "array" ? ["array", "[]"] : type === "object" ? ["object", "{}"] : ["string", '""'];
    return [
      `  ${name}:`,
      `    type: ${shape[0]}`,
      ...(shape[0] === "array" ? ["    items:", "      type: string"] : []),
      `    description: ${JSON.stringify(sentence(key.says))}`,
      `    default: ${shape[1]}`,
    ];
  });
  return `${head}config:\n${lines.join("\n")}\n`;
}

/** The page with its picture made anew. */
function withPicture(page: string): string {
  return page.replace(/```mermaid\n[^`]*```/, () => `\`\`\`mermaid\n${importPicture()}\n\`\`\``);
}

if (require.main === module) {
  for (const [path, text] of referenceFiles()) writeFileSync(join(root, path), text);
}
