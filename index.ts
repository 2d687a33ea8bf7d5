import * as pulumi from "@pulumi/pulumi";
import { ConfigError, loadConfig } from "./stacks/config.ts";
import type { StackConfig } from "./stacks/config.ts";
import { platform } from "./stacks/platform.ts";

function readConfig(): StackConfig {
  try {
    return loadConfig(pulumi.runtime.allConfig(), `Pulumi.${pulumi.getStack()}.yaml`);
  } catch (error) {
    // What a person can mend is told without a stack trace.
    throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
  }
}

export default platform(readConfig());
