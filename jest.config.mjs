/** Folders of tests/, each one a level of test; clouds judges and replays what is asked of clouds, with programs of set-up; machines boots real ones and needs root. */
const levels = {
  pure: ["config", "plan", "host", "release", "tools", "cli", "providers", "policy", "architecture"],
  mocks: ["targets"],
  goldens: ["goldens"],
  clouds: ["clouds"],
  machines: ["machines"],
};

/** @type {import("jest").Config} */
export default {
  projects: Object.entries(levels).map(([displayName, folders]) => ({
    displayName,
    testEnvironment: "node",
    // Pulumi keeps an AsyncLocalStorage alive past the end of a test file.
    testEnvironmentOptions: { globalsCleanup: "off" },
    testMatch: folders.map((folder) => `<rootDir>/tests/${folder}/**/*.test.ts`),
    transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  })),
};
