/** Levels of test, each with its folders below tests/. clouds judges and replays what is asked of clouds, with programs of set-up; those of machines boot real ones and need root. */
const levels = {
  pure: ["config", "plan", "host", "release", "tools", "cli", "providers", "policy", "architecture"],
  mocks: ["targets"],
  goldens: ["goldens"],
  clouds: ["clouds", "examples"],
  machines: ["machines"],
  loads: ["machines"],
};

/** Tests on machines that count what fails under load: they want the box for themselves. The others run two at a time. */
const loads = ["faults", "hardening", "overload", "release"].map((name) => `/tests/machines/${name}\\.test\\.ts$`);

const chosen = (level) => ({
  machines: { testPathIgnorePatterns: ["/node_modules/", ...loads] },
  loads: { testMatch: undefined, testRegex: loads },
}[level] ?? {});

/** @type {import("jest").Config} */
export default {
  // A command on a machine of a busy box takes more than the default of five.
  testTimeout: 60_000,
  projects: Object.entries(levels).map(([displayName, folders]) => ({
    displayName,
    testEnvironment: "node",
    // Pulumi keeps an AsyncLocalStorage alive past the end of a test file.
    testEnvironmentOptions: { globalsCleanup: "off" },
    testMatch: folders.map((folder) => `<rootDir>/tests/${folder}/**/*.test.ts`),
    transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
    ...chosen(displayName),
  })),
};
