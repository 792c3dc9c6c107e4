/** Of the environment: what `npm run upgrade` asks a run for, see docs/decisions/0027-a-local-database-moves-beside-the-old-one.md. */
export const asksFor = { variable: "WEBSTACK_DATABASE", move: "move", drop: "drop-old" } as const;
