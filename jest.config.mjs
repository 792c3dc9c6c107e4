import { readFileSync } from "node:fs";

/**
 * Levels of test, each with its folders below tests/. clouds judges and replays what is asked of clouds, with programs of set-up; machines
 * boots real ones and needs root.
 */
const levels = JSON.parse(readFileSync(`${import.meta.dirname}/tests/levels.json`, "utf8"));

/** @type {import("jest").Config} */
export default {
  // A command on a machine of a busy box takes more than the default of five.
  testTimeout: 60_000,
  projects: Object.entries(levels).map(([displayName, folders]) => ({
    displayName,
    testEnvironment: "node",
    // Pulumi keeps an AsyncLocalStorage alive past the end of a test file.
    testEnvironmentOptions: { globalsCleanup: "off" },
    // Of all levels, since each loads Pulumi somewhere.
    setupFiles: ["<rootDir>/tests/promiseStacks.ts"],
    testMatch: folders.map((folder) => `<rootDir>/tests/${folder}/**/*.test.ts`),
    transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  })),
};
