/** Command lines of a Markdown text: those of its `sh` blocks. */
export function commandsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```sh\n([\s\S]*?)\n```$/gm)].flatMap(([, block = ""]) => block.split("\n"));
}

/** What a line says to a host: `npm run ssh -- prod web-0 sudo hostctl stop`, with the quotes around the command taken off. */
export function hostCommand(line: string): { readonly host: string; readonly command: string } | undefined {
  const found = /npm run ssh -- \S+ (\S+)(?: (.+))?$/.exec(line);
  if (found === null) return undefined;
  return { host: found[1] ?? "", command: (found[2] ?? "").replace(/^"(.*)"$/, "$1") };
}

/**
 * The words after each `sudo hostctl` of a Markdown text, in its blocks and in its sentences, with DIGEST and ID made real.
 * A line that runs several has them one after the other.
 */
export function hostctlWords(markdown: string): readonly string[] {
  const inline = [...markdown.matchAll(/`(sudo hostctl [^`]+)`/g)].map(([, text = ""]) => text);
  const blocks = commandsOf(markdown).flatMap((line) => hostCommand(line)?.command ?? []);
  return [...blocks, ...inline]
    .flatMap((command) => command.split(" && "))
    .flatMap((command) => /^sudo hostctl (.+)$/.exec(command)?.[1] ?? [])
    .map((words) => words.replace(/\bDIGEST\b/, "00112233aabbccdd").replace(/\bID\b/, "20261101T060000Z"));
}
