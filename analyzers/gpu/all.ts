import type { Analyzer } from "../analyzer.ts";
import { gpuCapacity } from "./capacity.ts";
import { gpuHealth } from "./health.ts";
import { gpuLimits } from "./limits.ts";
import { gpuOperator } from "./operator.ts";
import { devicePlugins } from "./plugins.ts";
import { runtimeClasses } from "./runtime-class.ts";
import { timeSlicing } from "./time-slicing.ts";
import { gpuUsage } from "./usage.ts";

export const gpuAnalyzers: readonly Analyzer[] = [
  ...[gpuOperator, timeSlicing, gpuCapacity, devicePlugins],
  ...[gpuHealth, gpuLimits, gpuUsage, runtimeClasses],
];
