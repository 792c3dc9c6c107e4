import type { Cloud } from "./kind";

export const aws: Cloud = {
  kinds: {},
  functions: {},
  id: (kind) => kind,
  output: () => undefined,
  routes: () => new Map(),
  closed: () => new Map(),
  networks: () => [],
};
