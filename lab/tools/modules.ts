import type { GoModule } from "./tool.ts";

// The Go modules that the lab's tools are built from where no release can be downloaded.

export const kubernetesModule: GoModule = {
  id: "kubernetes",
  path: "k8s.io/kubernetes",
  version: "v1.35.4",
  sum: "h1:o/8dBC/pHVpYoGV4OAIytAlNPZbdYVTXJHoYvXC4qzM=",
  siblingVersion: "v0.35.4",
  // Unstamped, the version is v0.0.0-master+$Format:%H$, which clients cannot parse.
  stamps: {
    "k8s.io/component-base/version.gitVersion": "v1.35.4",
    "k8s.io/component-base/version.gitMajor": "1",
    "k8s.io/component-base/version.gitMinor": "35",
  },
};

export const etcdModule: GoModule = {
  id: "etcd",
  path: "go.etcd.io/etcd/server/v3",
  version: "v3.6.5",
  sum: "h1:4RbUb1Bd4y1WkBHmuF+cZII83JNQMuNXzyjwigQ06y0=",
  stamps: {},
};

export const kwokModule: GoModule = {
  id: "kwok",
  path: "sigs.k8s.io/kwok",
  version: "v0.8.0",
  sum: "h1:OTIOTwgROqPMovcTwxICx2eYQ4AwLpSx5EpjbDKF4SQ=",
  stamps: {},
};

export const helmModule: GoModule = {
  id: "helm",
  path: "helm.sh/helm/v3",
  version: "v3.20.2",
  sum: "h1:binM4rvPx5DcNsa1sIt7UZi55lRbu3pZUFmQkSoRh48=",
  // Unstamped, `helm template` renders for Kubernetes v1.20 and charts with a newer kubeVersion refuse.
  stamps: {
    "helm.sh/helm/v3/internal/version.version": "v3.20.2",
    "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
    "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "35",
    "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor": "1",
    "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor": "35",
  },
};

export const pulumiModule: GoModule = {
  id: "pulumi",
  path: "github.com/pulumi/pulumi/pkg/v3",
  version: "v3.259.0",
  sum: "h1:Zf4wiLmgdhTAyq5dtTVnNY26BjtGrJ85ZQYut2qG6xM=",
  stamps: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.259.0" },
};

/**
 * The last tagged module that still carries the Node.js language host. It starts the program through the SDK in
 * node_modules, which is why it serves newer engines and SDKs as well.
 */
export const languageHostModule: GoModule = {
  id: "pulumi-language-nodejs",
  path: "github.com/pulumi/pulumi/sdk/v3",
  version: "v3.68.0",
  sum: "h1:JWn3DGJhzoWL8bNbUdyLSSPeKS2F9mv14/EL9QeVT3w=",
  stamps: {},
};

export const actionlintModule: GoModule = {
  id: "actionlint",
  path: "github.com/rhysd/actionlint",
  version: "v1.7.12",
  sum: "h1:vQ4GeJN86C0QH+gTUQcs8McmK62OLT3kmakPMtEWYnY=",
  stamps: { "github.com/rhysd/actionlint.version": "1.7.12" },
};
