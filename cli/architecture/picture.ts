import { join, relative } from "node:path";
import { project } from "../../tools/setup/folders";
import { reads } from "../test/changed";
import { ownImports, sources } from "./imports";

/** The folders that the picture shows, in the order in which a value passes them; a file belongs to the longest that it lies in. */
const rooms = [
  ...["infra/config/schema", "infra/services", "infra/config", "infra/plan", "cloud-init", "hostctl", "infra/host", "infra/release"],
  ...["providers", "infra/targets", "infra", "policy", "tools", "cli"],
];

type Arrow = readonly [from: string, to: string];

/**
 * The project as Mermaid draws it: an arrow leads from what is imported to what imports it, a dotted one from what is read as text. An
 * arrow that others say together is left out.
 */
export function importPicture(): string {
  const all = [...new Set(rooms.flatMap((room) => sources(join(project, room))))];
  const imported = different(
    all.flatMap((path) => ownImports(path, project).map((other): Arrow => [roomOf(other), roomOf(relative(project, path))])),
  );
  const read = different(Object.entries(reads).flatMap(([path, texts]) => texts.map((text): Arrow => [roomOf(text), roomOf(path)]))).filter(
    ([from, to]) => to.startsWith("infra/") && !from.startsWith("infra/"),
  );
  return [
    "flowchart LR",
    ...rooms.map((room) => `  ${id(room)}["${room === "infra" ? "infra/index.ts" : room}"]`),
    ...withoutLongWays(imported).map(([from, to]) => `  ${id(from)} --> ${id(to)}`),
    ...read.map(([from, to]) => `  ${id(from)} -.-> ${id(to)}`),
  ].join("\n");
}

/** "" for what the picture does not show. */
function roomOf(path: string): string {
  return rooms.filter((room) => `${path}/`.startsWith(`${room}/`)).sort((a, b) => b.length - a.length)[0] ?? "";
}

/** Those between two rooms, once each, in the order of the rooms. */
function different(arrows: readonly Arrow[]): readonly Arrow[] {
  const there = (from: string, to: string) => from !== to && arrows.some((arrow) => arrow[0] === from && arrow[1] === to);
  return rooms.flatMap((from) => rooms.filter((to) => there(from, to)).map((to): Arrow => [from, to]));
}

/** Without the arrows from A to C where others lead from A to C by way of B. */
export function withoutLongWays(arrows: readonly Arrow[]): readonly Arrow[] {
  const next = (room: string) => arrows.filter(([from]) => from === room).map(([, to]) => to);
  const reaches = (from: string, to: string, passed: readonly string[]): boolean =>
    next(from).some((one) => one === to || (!passed.includes(one) && reaches(one, to, [...passed, one])));
  return arrows.filter(([from, to]) => !next(from).some((one) => one !== to && reaches(one, to, [from, one])));
}

const id = (room: string): string => room.replace(/\W/g, "_");
