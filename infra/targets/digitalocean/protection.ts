import type { StackSpec } from "../../config/spec";

/** Whether what holds data, or what the world knows the site by, outlives a mistake. */
export const isProtected = ({ protect }: StackSpec): boolean => protect === "data";
