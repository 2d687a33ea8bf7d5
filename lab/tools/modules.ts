import { join } from "node:path";
import type { GoModule } from "./tool.ts";

/*
 * The Go modules of ours that the lab's tools are built through where no release can be downloaded. Each is a folder with a
 * go.mod that requires the tools and a go.sum that pins every byte they are made from. What shares dependencies shares a
 * folder, so that client-go, Helm and gRPC are compiled once.
 */

const kubernetes = join(import.meta.dirname, "modules", "kubernetes");

/** What the control plane needs, built first so that it starts while the others are built. */
export const controlPlaneModule: GoModule = {
  id: "control-plane",
  folder: kubernetes,
  // Unstamped, the version is v0.0.0-master+$Format:%H$, which clients cannot parse.
  stamps: {
    "k8s.io/component-base/version.gitVersion": "v1.35.4",
    "k8s.io/component-base/version.gitMajor": "1",
    "k8s.io/component-base/version.gitMinor": "35",
  },
};

const kubernetesPlugin = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/** What deploys to a cluster: Helm, and the official kubernetes plugin of Pulumi, which has Helm in it. */
export const deployModule: GoModule = {
  id: "deploy",
  folder: kubernetes,
  stamps: {
    // Unstamped, `helm template` renders for Kubernetes v1.20 and charts with a newer kubeVersion refuse.
    "helm.sh/helm/v3/internal/version.version": "v3.20.2",
    "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
    "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "35",
    "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor": "1",
    "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor": "35",
    [`${kubernetesPlugin}/pkg/version.Version`]: "4.25.0",
  },
  // Upstream's own main embeds copies of these that its release process makes, and that the module lacks.
  embedded: {
    module: kubernetesPlugin,
    files: ["schema.json", "terraform-mapping.json"].map((file) => ({
      from: `cmd/pulumi-resource-kubernetes/${file}`,
      to: `pulumi-resource-kubernetes/${file}`,
    })),
  },
};

export const pulumiModule: GoModule = {
  id: "pulumi",
  folder: join(import.meta.dirname, "modules", "pulumi"),
  stamps: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.276.0" },
};

/**
 * The last tagged module that still carries the Node.js language host. It starts the program through the SDK in
 * node_modules, which is why it serves newer engines and SDKs as well.
 */
export const languageHostModule: GoModule = {
  id: "pulumi-language-nodejs",
  folder: join(import.meta.dirname, "modules", "pulumi-language-nodejs"),
  stamps: {},
};

export const actionlintModule: GoModule = {
  id: "actionlint",
  folder: join(import.meta.dirname, "modules", "actionlint"),
  stamps: { "github.com/rhysd/actionlint.version": "1.7.12" },
};

export const traefikModule: GoModule = {
  id: "traefik",
  folder: join(import.meta.dirname, "modules", "traefik"),
  stamps: { "github.com/traefik/traefik/v3/pkg/version.Version": "v3.6.12" },
};
