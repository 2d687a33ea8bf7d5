import { dirname } from "node:path";
import { PolicyPack } from "@pulumi/policy";
import { policyPack } from "./pack.ts";
import { rules } from "./rules.ts";

// The SDK takes the pack's version from the package.json of the current folder.
process.chdir(dirname(import.meta.dirname));

new PolicyPack("kasm-vdi", policyPack(rules));
