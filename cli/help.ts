/** What `webstack` alone, `webstack help VERB` and `webstack completion` print. */
import { join } from "node:path";

import { project } from "../tools/setup/folders";
import { completion } from "./completion";
import { nearest } from "../infra/config/schema/nearest";
import { quote } from "../infra/config/quote";
import { main, table, UsageError } from "./terminal";
import { usageOf, verbs, type Verb } from "./verbs";
import { describedStacks } from "./stackFiles";

/** All verbs in a line each, and how to hear more. */
export function overview(all: readonly Verb[]): string {
  return [
    "webstack VERB [STACK] [WORDS...]: puts a web application and its database on machines, and keeps them running\n",
    table(all.map(({ name, says }) => [name, firstSentence(says)])),
    "\nwebstack help VERB says more of one. npm run VERB -- WORDS does the same as webstack VERB WORDS.",
    'eval "$(npx webstack completion)" makes the command webstack, which completes verbs and stacks, in bash and zsh.',
  ].join("\n");
}

/** @throws UsageError where there is none of that name */
export function helpOf(name: string, all: readonly Verb[]): string {
  const verb = all.find((one) => one.name === name);
  if (verb !== undefined) return usageOf(verb);
  const near = nearest(
    name,
    all.map((one) => one.name),
  );
  throw new UsageError(`there is no verb "${name}"; ${near === undefined ? "" : `did you mean ${near}? `}webstack help lists them`);
}

function firstSentence(text: string): string {
  const [first = ""] = text.split(/[.;](?: |$)/);
  return first;
}

if (require.main === module) {
  main(() => {
    const [what = "help", name] = process.argv.slice(2).filter((word) => word !== "--");
    const all = verbs();
    const known = ["help", "--help", "-h"].includes(what);
    if (what === "completion")
      console.log(
        completion(
          quote(join(project, "tools/webstack")),
          all.map((verb) => verb.name),
          describedStacks(),
        ),
      );
    else console.log(known && name === undefined ? overview(all) : helpOf(known ? (name ?? "") : what, all));
    return Promise.resolve(0);
  });
}
