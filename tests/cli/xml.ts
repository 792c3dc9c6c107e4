import { spawnSync } from "node:child_process";

/** "well-formed", or what Python's parser says of the text. */
export function xmlFault(text: string): string {
  const { status, stderr } = spawnSync(
    "python3",
    ["-c", "import sys, xml.dom.minidom; xml.dom.minidom.parseString(sys.stdin.buffer.read())"],
    { input: text, encoding: "utf8" },
  );
  return status === 0 ? "well-formed" : stderr;
}
