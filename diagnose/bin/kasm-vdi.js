#!/usr/bin/env node
// `npx kasm-vdi` and, as `kubectl-kasm`, kubectl's plugin in a checkout. Plain JavaScript, so that an old Node can read the sentence.
const [major] = process.versions.node.split(".");
if (Number(major) < 24) {
  console.error(
    `error: kasm-vdi needs Node 24 or newer, this is ${process.version}. Run npm ci in the checkout: it brings one.`,
  );
  process.exitCode = 1;
} else await import("../main.ts");
