/**
 * Requests for nodes that the small preset does not fit (1.1 cores, 1.9 GiB in all); limits are those of the preset.
 */
export const compactResources = {
  proxy: resources("100m", "256Mi", "500m", "512Mi"),
  api: resources("250m", "384Mi", "500m", "1Gi"),
  manager: resources("100m", "256Mi", "500m", "1Gi"),
  db: resources("250m", "256Mi", "750m", "512Mi"),
  gateway: resources("100m", "192Mi", "500m", "512Mi"),
  sidecar: resources("50m", "64Mi", "500m", "256Mi"),
};

function resources(cpu: string, memory: string, cpuLimit: string, memoryLimit: string) {
  return { requests: { cpu, memory }, limits: { cpu: cpuLimit, memory: memoryLimit } };
}
