import boundaries from "eslint-plugin-boundaries";
import regexp from "eslint-plugin-regexp";
import tseslint from "typescript-eslint";

// Arrows point one way (docs/architecture.md); nothing imports the lab, kube imports nothing of ours.
const folders = [
  "stacks",
  "components",
  "commands",
  "operator",
  "analyzers",
  "diagnose",
  "helm",
  "kube",
  "recover",
  "lab",
  "policy",
  "bench",
  "examples",
  "test",
];
const mayImport = {
  stacks: ["stacks", "components"],
  components: ["components"],
  commands: ["commands", "analyzers", "helm", "kube"],
  operator: ["operator", "analyzers", "kube"],
  diagnose: ["diagnose", "analyzers", "kube"],
  analyzers: ["analyzers", "kube"],
  helm: ["helm", "kube"],
  kube: ["kube"],
  recover: ["recover", "helm", "kube"],
  lab: ["lab", "kube", "stacks", "components", "recover"],
  policy: ["policy"],
  examples: ["examples"],
  bench: ["bench", "analyzers", "kube", "lab", "operator", "diagnose"],
  test: folders,
};

export default tseslint.config(
  { ignores: ["node_modules", ".lab", "dist", "diagnose/bin", "eslint.config.js"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { boundaries },
    settings: {
      "import/resolver": { node: { extensions: [".ts", ".js"] } },
      "boundaries/elements": [
        ...folders.map((folder) => ({ type: folder, pattern: `${folder}/**`, partialMatch: false })),
      ],
    },
    rules: {
      "boundaries/dependencies": [
        "error",
        {
          default: "disallow",
          policies: Object.entries(mayImport).map(([from, targets]) => ({
            from: { element: { type: from } },
            allow: targets.map((type) => ({ to: { element: { type } } })),
          })),
        },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "max-lines": ["warn", { max: 220, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // What others write comes here: a regular expression that takes more than linear time lets one of them stop the operator.
    files: ["operator/**/*.ts", "analyzers/**/*.ts", "diagnose/**/*.ts", "kube/**/*.ts"],
    plugins: { regexp },
    rules: {
      "regexp/no-super-linear-backtracking": ["error", { report: "potential" }],
      "regexp/no-super-linear-move": ["error", { report: "potential", ignoreSticky: false }],
    },
  },
  {
    // chai's assertions are property accesses
    files: ["test/**/*.ts"],
    rules: {
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "max-lines": "off",
    },
  },
);
