import { normalize } from "node:path/posix";

/** A relative path as hosts take it: "./staticfiles/" is staticfiles. */
export const plainPath = (path: string): string => normalize(`${path}/`).replace(/\/+$/, "");
