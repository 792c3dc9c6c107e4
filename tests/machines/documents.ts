import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/**
 * A block of a document that a comment before it, which no reader sees, marks as a part of a reader's way: `<!-- typed: page -->`, then the
 * block.
 */
export interface Block {
  /** Where its lines are typed, or the file that its text is merged into. */
  readonly how: { readonly typed: "here" | "on a host" } | { readonly written: string };
  /** Of a block that is typed, unique. */
  readonly name: string;
  readonly text: string;
}

/** The marked blocks of a document, in its order. @throws where a mark stands before no block */
export function blocksOf(document: string): readonly Block[] {
  const text = readFileSync(join(root, document), "utf8");
  const blocks = [...text.matchAll(/^<!-- (typed|typed on a host|written): (\S+) -->\n(?:```(?:sh|yaml)\n([\s\S]*?)^```$)?/gm)];
  return blocks.map(([whole, kind, name = "", block]) => {
    if (block === undefined) throw new Error(`${document}: must have a block behind ${whole.trim()}`);
    return { how: kind === "written" ? { written: name } : { typed: kind === "typed" ? "here" : "on a host" }, name, text: block };
  });
}

/** The commands of a block of shell, without comments. */
export const linesOf = (block: string): readonly string[] =>
  block
    .split("\n")
    .map((line) => line.replace(/(^|\s+)#.*$/, ""))
    .filter((line) => line !== "");

/** Lines of README that a newcomer types first, under its heading. */
export function readmeLines(heading: string): readonly string[] {
  const section =
    readFileSync(join(root, "README.md"), "utf8")
      .split(/^## /m)
      .find((part) => part.startsWith(`${heading}\n`)) ?? "";
  return linesOf(/```sh\n([\s\S]*?)```/.exec(section)?.[1] ?? "");
}
