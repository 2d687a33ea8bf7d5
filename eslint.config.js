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
  "portal",
  "bundle",
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
  commands: ["commands", "analyzers", "bundle", "helm", "kube"],
  operator: ["operator", "analyzers", "bundle", "kube"],
  diagnose: ["diagnose", "analyzers", "bundle", "kube"],
  portal: ["portal", "operator", "analyzers", "kube"],
  analyzers: ["analyzers", "kube"],
  bundle: ["bundle"],
  helm: ["helm", "kube"],
  kube: ["kube"],
  recover: ["recover", "helm", "kube"],
  lab: ["lab", "kube", "stacks", "components", "recover"],
  policy: ["policy"],
  examples: ["examples"],
  bench: ["bench", "analyzers", "kube", "lab", "operator", "diagnose", "portal"],
  test: folders,
};

// Layers inside the operator, each with those that it stands on (docs/operator.md): kinds and objects, what is known
// of a session, what follows from it by pure functions, plans and acts. The gateway, `access`, has nothing of the controllers.
const operatorMayImport = {
  api: [],
  resources: ["api"],
  view: ["api"],
  turn: ["resources"],
  activity: ["api"],
  lifetime: ["api", "view"],
  status: ["api", "resources", "view", "lifetime"],
  credentials: [],
  reachability: ["resources", "view", "activity", "credentials"],
  session: ["api", "resources", "view", "turn", "lifetime", "status", "reachability"],
  pool: ["api", "resources", "view", "turn", "lifetime", "status", "session"],
  template: ["api", "resources", "status"],
  orphans: ["api", "resources", "view", "lifetime", "session"],
  access: ["api", "resources", "credentials"],
  bundle: [],
};
// Files beside the folders. Those that put all together are imported by no layer, what follows the cluster by none that is pure.
const wiring = ["controllers", "operator", "gateway", "main"];
const following = ["caches", "metrics"];
const pureLayers = ["api", "resources", "view", "turn", "activity", "lifetime", "status"];
const notFrom = (files, message) => ({
  "no-restricted-imports": ["error", { patterns: [{ group: files.map((file) => `../${file}.ts`), message }] }],
});
const operatorTypes = [...Object.keys(operatorMayImport), "files"].map((layer) => `operator/${layer}`);
const operatorElements = [
  ...Object.keys(operatorMayImport).map((layer) => ({ type: `operator/${layer}`, pattern: `operator/${layer}/**` })),
  { type: "operator/files", pattern: "operator/**" },
].map((element) => ({ ...element, partialMatch: false }));

/** What a folder may import, by types of elements: of the operator's those of all its layers. */
const elementsOf = (targets) => targets.flatMap((target) => (target === "operator" ? operatorTypes : [target]));
const arrows = [
  ...Object.entries(mayImport)
    .filter(([from]) => from !== "operator")
    .map(([from, targets]) => [from, elementsOf(targets)]),
  ...Object.entries(operatorMayImport).map(([layer, layers]) => [
    `operator/${layer}`,
    [
      ...["kube", "analyzers", ...(layer === "bundle" ? ["bundle"] : [])],
      ...["files", layer, ...layers].map((it) => `operator/${it}`),
    ],
  ]),
  ["operator/files", ["kube", "analyzers", ...operatorTypes]],
];

export default tseslint.config(
  { ignores: ["node_modules", ".lab", "dist", "diagnose/bin", "eslint.config.js"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { boundaries },
    settings: {
      "import/resolver": { node: { extensions: [".ts", ".js"] } },
      "boundaries/elements": [
        ...operatorElements,
        ...folders
          .filter((folder) => folder !== "operator")
          .map((folder) => ({ type: folder, pattern: `${folder}/**`, partialMatch: false })),
      ],
    },
    rules: {
      "boundaries/dependencies": [
        "error",
        {
          default: "disallow",
          policies: arrows.map(([from, targets]) => ({
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
    files: ["operator/*/**/*.ts"],
    rules: notFrom(wiring, "A layer does not know who puts it together."),
  },
  {
    files: pureLayers.map((layer) => `operator/${layer}/**/*.ts`),
    rules: notFrom([...wiring, ...following], "A pure layer is given what it judges."),
  },
  {
    files: ["operator/access/**/*.ts"],
    rules: notFrom([...wiring, ...following], "The gateway goes on without the controllers."),
  },
  {
    // What others write comes here: a regular expression that takes more than linear time lets one of them stop the operator.
    files: ["operator/**/*.ts", "analyzers/**/*.ts", "diagnose/**/*.ts", "kube/**/*.ts", "portal/**/*.ts"],
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
