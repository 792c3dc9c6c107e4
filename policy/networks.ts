/** Networks too wide to be anybody's: all of the Internet, or a large part of it. */
export function isWorld(cidr: unknown): boolean {
  if (typeof cidr !== "string") return false;
  const bits = Number(/\/(\d+)$/.exec(cidr)?.[1] ?? Number.NaN);
  return cidr.includes(":") ? bits < 16 : bits < 8;
}

/** Whether a range of ports, such as "22", "8000-9000", "all" or "1-65535", holds one. */
export function holdsPort(range: unknown, port: number): boolean {
  const text = String(range ?? "");
  if (text === "" || text === "all" || text === "0") return true;
  const [from = "", to = from] = text.split("-");
  return Number(from) <= port && port <= Number(to);
}

/** Ports of databases, caches and their like, which no stranger has any business with. */
export const dataPorts = [1433, 3306, 5432, 6379, 9200, 11211, 25060, 25061, 27017] as const;
