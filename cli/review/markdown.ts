import { commandFor } from "../../infra/config/parse";
import { problemLine } from "../../infra/config/problems";
import type { Bill } from "../../infra/plan/cost";
import type { CostLine } from "../../infra/plan/cost/lines";
import type { Connections } from "./connections";
import { deployedLabel } from "./deployed";
import type { Step } from "./graph";
import { isRefused, type Review } from "./review";

/** The review as a comment on a pull request shows it. Ends with a line break. */
export function markdown(review: Review): string {
  const sections = [
    `# Review of ${review.stack}`,
    `${review.before} → ${review.after}`,
    verdict(review),
    section(
      "Problems",
      review.problems.map((problem) => `- \`${problemLine(problem)}\``),
    ),
    section(
      "Rules",
      review.findings.map(
        ({ rule, resource, level, says, reason }) =>
          `- **${level}** \`${rule}\` at \`${resource}\`: ${reason === "" ? says : `${says}. Decided: ${reason}`}`,
      ),
    ),
    resources(review.steps),
    section("Firewall", [
      ...review.openings.opened.map((line) => `- opens ${line}`),
      ...review.openings.closed.map((line) => `- closes ${line}`),
    ]),
    section(
      "Secrets",
      review.secrets.map(({ name, from, to }) => `- \`${name}\`: ${hash(from)} → ${hash(to)}`),
    ),
    cost(review),
    connections(review.connections),
    files(review),
    section(
      "Deployment",
      review.deployment.map((line) => `- ${line}`),
    ),
    section(
      "To do before the next up",
      review.unset.map((name) => `- \`${commandFor(name, review.stack)}\``),
    ),
    section(
      "What this review could not know",
      review.unknown.map((line) => `- ${line}`),
    ),
  ];
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

const section = (title: string, lines: readonly string[]): string => (lines.length === 0 ? "" : [`## ${title}`, "", ...lines].join("\n"));

const hash = (text: string | null): string => (text === null ? "not set" : `\`${text}\``);

function verdict(review: Review): string {
  const { headline, consequences } = review.verdict;
  const mark = isRefused(review) ? "⛔" : ["downtime", "not known"].includes(review.verdict.level) ? "⚠️" : "✅";
  return section(
    `${mark} ${headline.charAt(0).toUpperCase()}${headline.slice(1)}`,
    consequences.length === 0
      ? [
          review.before === deployedLabel
            ? "Nothing that runs is touched, unless the environment or a secret is another than the one in the state, which is encrypted."
            : "Nothing that runs is touched.",
        ]
      : consequences.map(({ level, says }) => `- **${level}**: ${says}`),
  );
}

const verbs: readonly (readonly [Step["does"], string])[] = [
  ["create", "+ create"],
  ["update", "~ update"],
  ["replace", "± replace"],
  ["delete", "- delete"],
];

function resources(steps: readonly Step[] | null): string {
  if (steps === null) return section("Resources", ["Not known, see the end."]);
  if (steps.length === 0) return "";
  // What carries files to a host runs again whenever they change; each command in a row of its own would drown the rest.
  const again = steps.filter(({ role, does }) => role === "delivery" && (does === "update" || does === "replace")).map(({ name }) => name);
  const counts = verbs.flatMap(([does]) => {
    const count = steps.filter((step) => step.does === does).length;
    return count === 0 ? [] : [`${count} to ${does}`];
  });
  const rows = verbs.flatMap(([does, word]) =>
    steps
      .filter((step) => step.does === does && !again.includes(step.name))
      .map((step) => `| ${word} | ${step.name} | \`${step.type}\` | ${cell(step)} |`),
  );
  const table = rows.length === 0 ? [] : ["", "| | name | type | what and why |", "|---|---|---|---|", ...rows];
  return section("Resources", [
    `${counts.join(", ")}.`,
    ...table,
    ...(again.length === 0 ? [] : ["", `Run again, since what they carry changes: ${again.join(", ")}.`]),
  ]);
}

function cell({ does, changes, because }: Step): string {
  if (does === "create" || does === "delete") return "";
  const said = because.map((why) => `**${why}**`);
  // What a replacement hands on is in its reason.
  const own = changes.filter(({ input }) => !because.some((why) => why.startsWith(`${input} comes from`)));
  return [
    ...said,
    ...own.map(({ input, from, to }) =>
      from === null || to === null ? (to !== null ? `${input} (${to})` : input) : `${input} ${from} → ${to}`,
    ),
  ]
    .join("; ")
    .replaceAll("|", "\\|");
}

const usd = (amount: number | null): string => (amount === null ? "no price known" : amount.toFixed(2));

const signed = (amount: number): string => `${amount < 0 ? "−" : "+"}${Math.abs(amount).toFixed(2)}`;

function cost({ cost: { before, after, elsewhere } }: Review): string {
  if (after === null) return "";
  const lines = [
    `USD a month, ${after.target}${after.region === "" ? "" : ` in ${after.region}`}, by dated tables in \`infra/config/catalog\`.`,
    "",
    "| part | what | before | after |",
    "|---|---|---|---|",
  ];
  const key = ({ part, what }: CostLine) => `${part} | ${what}`;
  const had = before?.lines ?? [];
  const parts = [...new Set([...had, ...after.lines].map(({ part }) => part))];
  const keys = [...new Set(parts.flatMap((part) => [...had, ...after.lines].filter((one) => one.part === part).map(key)))];
  const price = (of: readonly CostLine[], name: string) => {
    const line = of.find((one) => key(one) === name);
    return line === undefined ? "" : usd(line.monthly);
  };
  const rows = keys.map((name) => `| ${name} | ${price(had, name)} | ${price(after.lines, name)} |`);
  const delta =
    before === null || before.total === null || after.total === null || before.total === after.total
      ? ""
      : ` (${signed(after.total - before.total)})`;
  const total = `| **total** | | ${before === null ? "" : usd(before.total)} | **${usd(after.total)}**${delta} |`;
  return [section("Cost", [...lines, ...rows, total]), `Not counted: ${after.notCounted.join("; ")}.`, comparison(elsewhere)]
    .filter((text) => text !== "")
    .join("\n\n");
}

/** The same stack elsewhere; what has no price is named. */
function comparison(bills: readonly Bill[]): string {
  if (bills.length === 0) return "";
  const rows = bills.map(({ target, region, lines, total, known }) => {
    const unpriced = lines.filter(({ monthly }) => monthly === null).map(({ what }) => what);
    const price = total === null ? `${usd(known)} and more: no price known for ${unpriced.join(", ")}` : usd(total);
    const machines = lines.map(({ what }) => what).filter((what) => /droplet|instance|managed/.test(what));
    return `| ${target} | ${region} | ${price} | ${machines.join(", ")} |`;
  });
  return [
    "The same stack elsewhere, with at least as many cores and as much memory:",
    "",
    "| target | region | USD a month | with |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function connections({ before, after }: Review["connections"]): string {
  if (after === null) return "";
  const was =
    before === null || (before.used === after.used && before.available === after.available)
      ? ""
      : `, before ${before.used} of ${before.available}`;
  return section("Database connections", [
    `${countOf(after)}${was}.`,
    "",
    ...after.parts.map(({ part, connections: count }) => `- ${part}: ${count}`),
  ]);
}

const countOf = ({ used, available }: Connections): string => `${used} of ${available} may be in use`;

function files({ files: changes, oneSided }: Pick<Review, "files" | "oneSided">): string {
  const own = changes.filter(({ patch }) => patch === null);
  const shown = changes.flatMap(({ host, path, patch }) =>
    patch === null
      ? []
      : [`<details><summary>${host}: <code>${path}</code></summary>\n\n${fence(patch)}diff\n${patch}\n${fence(patch)}\n\n</details>`],
  );
  const rest =
    own.length === 0
      ? []
      : [
          `hostctl itself changes on ${[...new Set(own.map(({ host }) => host))].join(", ")}: ` +
            `${[...new Set(own.map(({ path }) => path.split("/").pop()))].join(", ")}.`,
        ];
  const whole = oneSided.map(({ host, is, paths }) => `${host} is ${is}, with ${paths.length} files.`);
  return section(
    "Files",
    [...shown, ...rest, ...whole].flatMap((text, index) => (index === 0 ? [text] : ["", text])),
  );
}

/** Longer than any fence in the text itself. */
const fence = (text: string): string => "`".repeat(Math.max(3, ...[...text.matchAll(/`{3,}/g)].map(([run]) => run.length + 1)));
