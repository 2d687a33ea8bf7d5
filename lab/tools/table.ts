import { actionlintModule, controlPlaneModule, deployModule } from "./modules.ts";
import { languageHostModule, pulumiModule, traefikModule } from "./modules.ts";
import { platformName, type Platform, type PlatformName } from "./platform.ts";
import type { Download, Tool } from "./tool.ts";

export type ToolName =
  | "pulumi"
  | "pulumi-resource-kubernetes"
  | "helm"
  | "kubectl"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "etcd"
  | "kwok"
  | "traefik"
  | "actionlint";

/** Every tool of the lab and of the checks. docs/tools.md says how to bump one. */
export const tools: Record<ToolName, Tool> = {
  pulumi: {
    name: "pulumi",
    version: "3.276.0",
    asks: { arguments: ["version"], answer: /^v?(\d+\.\d+\.\d+\S*)/m },
    companions: ["pulumi-language-nodejs"],
    download: ({ os, arch }) => ({
      url: `https://get.pulumi.com/releases/sdk/pulumi-v3.276.0-${os}-${arch === "amd64" ? "x64" : arch}.tar.gz`,
      format: "tar.gz",
      checksum: { officialFile: "https://get.pulumi.com/releases/sdk/pulumi-3.276.0-checksums.txt" },
    }),
    programs: [
      { file: "pulumi", module: pulumiModule, package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
      {
        file: "pulumi-language-nodejs",
        module: languageHostModule,
        package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
      },
    ],
  },
  // For machines that cannot download the plugin which the SDK asks for: the newest that can be built (docs/tools.md).
  "pulumi-resource-kubernetes": {
    name: "pulumi-resource-kubernetes",
    version: "4.25.0",
    asks: { arguments: ["--version"], answer: /^(\d+\.\d+\.\d+\S*)$/m },
    companions: [],
    download: () => undefined,
    programs: [{ file: "pulumi-resource-kubernetes", module: deployModule, package: "./pulumi-resource-kubernetes" }],
  },
  helm: {
    name: "helm",
    version: "3.20.2",
    asks: { arguments: ["version", "--short"], answer: /^v(\d+\.\d+\.\d+[^+\s]*)/m },
    companions: [],
    download: (platform) =>
      pinned(
        { url: `https://get.helm.sh/helm-v3.20.2-${platformName(platform)}.tar.gz`, format: "tar.gz" },
        // as printed in the release notes of helm v3.20.2
        {
          "linux-amd64": "258e830a9e613c8a7a302d6059b4bb3b9758f2f3e1bb8ea0d707ce10a9a72fea",
          "linux-arm64": "5ea2d6bc2cda3f8edf985e028809f5a9278f404fb8ab24044de9b7cb9b79a691",
          "darwin-amd64": "7de04301f28b902a74f6286ed941cadc86ee5e6a9086a18f2ccf1f548e99d618",
          "darwin-arm64": "139c794c22f16b579d08ddd3008c8038b9bb2814f35b5bcca91f50a1f458978d",
        },
        platform,
      ),
    programs: [{ file: "helm", module: deployModule, package: "helm.sh/helm/v3/cmd/helm" }],
  },
  kubectl: {
    ...kubernetes("kubectl"),
    asks: { arguments: ["version", "--client"], answer: /^Client Version: v(\d+\.\d+\.\d+\S*)/m },
    download: (platform) => kubernetesRelease("kubectl", platform),
  },
  "kube-apiserver": kubernetes("kube-apiserver"),
  "kube-controller-manager": kubernetes("kube-controller-manager"),
  "kube-scheduler": kubernetes("kube-scheduler"),
  etcd: {
    name: "etcd",
    version: "3.6.5",
    asks: { arguments: ["--version"], answer: /^etcd Version: (\S+)/m },
    companions: [],
    // Only Linux: the macOS releases are .zip files, and a build takes half a minute.
    download: (platform) =>
      pinned(
        {
          url: `https://github.com/etcd-io/etcd/releases/download/v3.6.5/etcd-v3.6.5-${platformName(platform)}.tar.gz`,
          format: "tar.gz",
        },
        // from SHA256SUMS of the v3.6.5 release, as several distributions repeat it
        {
          "linux-amd64": "66bad39ed920f6fc15fd74adcb8bfd38ba9a6412f8c7852d09eb11670e88cac3",
          "linux-arm64": "7010161787077b07de29b15b76825ceacbbcedcb77fe2e6832f509be102cab6b",
        },
        platform,
      ),
    programs: [{ file: "etcd", module: controlPlaneModule, package: "go.etcd.io/etcd/server/v3" }],
  },
  kwok: {
    name: "kwok",
    version: "0.8.0",
    asks: { arguments: ["--version"], answer: /^kwok version v(\d+\.\d+\.\d+\S*)/m },
    companions: [],
    download: (platform) =>
      pinned(
        {
          url: `https://github.com/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-${platformName(platform)}`,
          format: "raw",
        },
        // kwok publishes no checksum file: these are the sums that distributions (Arch, Nix) pin for v0.8.0
        {
          "linux-amd64": "f5a4385a2ae1b9dd7f8acae18e002a75c0ebba124ae9d7259aa8dadb50711f46",
          "linux-arm64": "628f7d277860f524a2a775c217adcc58828e7b59ab0933680315784f1b8b0e37",
          "darwin-arm64": "69a064ec98d37844d9d742b5b28ff57825659a983ccc3e208daa6948b94d64ba",
        },
        platform,
      ),
    programs: [{ file: "kwok", module: controlPlaneModule, package: "sigs.k8s.io/kwok/cmd/kwok" }],
  },
  // The version that the K3s which the lab plays brings. For real desktops alone.
  traefik: {
    name: "traefik",
    version: "3.6.12",
    asks: { arguments: ["version"], answer: /^Version:\s+v?(\d+\.\d+\.\d+\S*)/m },
    companions: [],
    download: ({ os, arch }) => ({
      url: `https://github.com/traefik/traefik/releases/download/v3.6.12/traefik_v3.6.12_${os}_${arch}.tar.gz`,
      format: "flat.tar.gz",
      checksum: {
        officialFile: "https://github.com/traefik/traefik/releases/download/v3.6.12/traefik_v3.6.12_checksums.txt",
      },
    }),
    programs: [{ file: "traefik", module: traefikModule, package: "github.com/traefik/traefik/v3/cmd/traefik" }],
  },
  actionlint: {
    name: "actionlint",
    version: "1.7.12",
    asks: { arguments: ["-version"], answer: /^(\d+\.\d+\.\d+\S*)$/m },
    companions: [],
    // Checks this repository alone, on machines of developers and of CI: a build takes seconds, and Go is there.
    download: () => undefined,
    programs: [{ file: "actionlint", module: actionlintModule, package: "github.com/rhysd/actionlint/cmd/actionlint" }],
  },
};

/** A server program of Kubernetes. Upstream releases these for Linux only. */
function kubernetes(name: ToolName): Tool {
  return {
    name,
    version: "1.35.4",
    asks: { arguments: ["--version"], answer: /^Kubernetes v(\S+)/m },
    companions: [],
    download: (platform) => (platform.os === "linux" ? kubernetesRelease(name, platform) : undefined),
    programs: [{ file: name, module: controlPlaneModule, package: `k8s.io/kubernetes/cmd/${name}` }],
  };
}

function kubernetesRelease(name: ToolName, { os, arch }: Platform): Download {
  const url = `https://dl.k8s.io/release/v1.35.4/bin/${os}/${arch}/${name}`;
  return { url, format: "raw", checksum: { officialFile: `${url}.sha256` } };
}

/** The download with its pinned sum; without a known sum for the platform there is no download. */
function pinned(
  file: Omit<Download, "checksum">,
  sums: Partial<Record<PlatformName, string>>,
  platform: Platform,
): Download | undefined {
  const sha256 = sums[platformName(platform)];
  return sha256 === undefined ? undefined : { ...file, checksum: { pinnedSha256: sha256 } };
}
