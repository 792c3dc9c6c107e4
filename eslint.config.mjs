import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "node_modules/",
      ".webstack/",
      "examples/",
      "coverage/",
      "**/*.k6.js",
      "tools/iam/simulate.js",
      "tools/pulumi/closures/",
      "tools/typescript.cjs",
      "tools/pulumi/program.cjs",
      "tools/command-plugin/start.cjs",
    ],
  },
  js.configs.recommended,
  tseslint.configs.strict,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["*.mjs"] }, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // A class field without a value is how a Pulumi resource declares an output.
      "@typescript-eslint/no-extraneous-class": "off",
      "@typescript-eslint/consistent-type-imports": "error",
      "max-len": ["error", { code: 140, ignoreRegExpLiterals: true, ignoreUrls: true, ignorePattern: "eslint-disable" }],
    },
  },
  {
    // The title of a test is one sentence that is searched for whole, and a text of a program is compared as it is.
    files: ["tests/**"],
    rules: {
      "max-len": ["error", { code: 140, ignoreRegExpLiterals: true, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true }],
    },
  },
);
