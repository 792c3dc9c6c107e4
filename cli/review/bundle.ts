import type { Manifest } from "../../infra/host/manifest";

/** The manifest that a bundle carries in its last line; undefined for any other text. infra/host/bundle.ts packs it. */
export function bundleOf(text: string): Manifest | undefined {
  const line = /^# BUNDLE (\{.*\})\n?$/m.exec(text)?.[1];
  return line === undefined ? undefined : (JSON.parse(line) as Manifest);
}
