/** Names for one line: the first five, and how many there are besides. */
export const firstFew = (names: readonly string[]): string =>
  `${names.slice(0, 5).join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
