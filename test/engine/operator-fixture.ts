import {
  gatewayName,
  gatewaySessionRules,
  leaderRules,
  operatorName,
  sessionRules,
} from "../../components/vdi-operator/rbac.ts";
import type { AnyObject, ClusterClient } from "../../kube/client.ts";
import { stopBeside } from "../../lab/cluster/control-plane.ts";
import { labLayout } from "../../lab/cluster/layout.ts";
import { prepareGateway, prepareOperator, startOperator } from "../../lab/operator/start.ts";
import { labStackFile, readStackConfig } from "../../lab/platform/stack-config.ts";
import { apiVersion } from "../../operator/api/objects.ts";
import { leaseName } from "../../operator/operator.ts";
import { checkout } from "./lab-stack.ts";

export const layout = labLayout(checkout);

/** Where operators of a test's own work. */
export interface OperatorFixture {
  /** Whether all that is in the namespace of sessions ends with the test. */
  readonly isOwn: boolean;
  open: (client: ClusterClient) => Promise<OpenFixture>;
  close: (client: ClusterClient) => Promise<void>;
}

export interface OpenFixture {
  /** Of sessions. */
  readonly namespace: string;
  /** Where the Lease is. */
  readonly operatorNamespace: string;
  readonly domain: string;
  /** What its operators are started with. */
  readonly variables: Readonly<Record<string, string>>;
  /** What its gateways are started with. */
  readonly gatewayVariables: Readonly<Record<string, string>>;
  /** What a session has unless it is said otherwise. */
  readonly session: { readonly template: string; readonly persistence?: { readonly enabled: boolean } };
}

/** The lab's own namespace, with its template `webtop` and no homes. The lab's own operator rests meanwhile. */
export function labGround(): OperatorFixture {
  // A killed operator's Lease keeps all others waiting for 15 s.
  const forgetLeader = async (client: ClusterClient) => {
    const { namespaces } = await readStackConfig(labStackFile(checkout));
    const metadata = { namespace: namespaces.operator, name: leaseName };
    await client.delete({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata });
  };
  return {
    isOwn: false,
    open: async (client) => {
      const config = await readStackConfig(labStackFile(checkout));
      await stopBeside(layout, "operator");
      await forgetLeader(client);
      return {
        ...{ namespace: config.namespaces.vdi, operatorNamespace: config.namespaces.operator, domain: config.domain },
        variables: await prepareOperator(layout, config, client),
        gatewayVariables: await prepareGateway(layout, config, client),
        session: { template: "webtop", persistence: { enabled: false } },
      };
    },
    close: async (client) => {
      await forgetLeader(client);
      await startOperator(layout);
    },
  };
}

/**
 * A namespace of the test's own beside the lab's, Lease included, in which the operator's ServiceAccount has the rights that
 * the stack gives it in the other. Sessions have homes, and a template of the namespace's name, which the harness makes.
 */
export function namespaceOfItsOwn(theme: string): OperatorFixture {
  const namespace = `test-${theme}-${process.pid}`;
  return {
    isOwn: true,
    open: async (client) => {
      const config = await readStackConfig(labStackFile(checkout));
      const create = (object: AnyObject) => client.create(object, { fieldManager: "engine-test" });
      const labels = { "pod-security.kubernetes.io/enforce": "baseline" };
      await create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } });
      const given = { [operatorName]: [...sessionRules, ...leaderRules], [gatewayName]: gatewaySessionRules };
      for (const [name, rules] of Object.entries(given)) {
        const rbac = { apiVersion: "rbac.authorization.k8s.io/v1", metadata: { name, namespace } };
        await create({ ...rbac, kind: "Role", rules });
        await create({
          ...{ ...rbac, kind: "RoleBinding" },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
          subjects: [{ kind: "ServiceAccount", name, namespace: config.namespaces.operator }],
        });
      }
      const variables = await prepareOperator(layout, config, client);
      const gatewayVariables = await prepareGateway(layout, config, client);
      return {
        ...{ namespace, operatorNamespace: namespace, domain: config.domain },
        variables: { ...variables, VDI_NAMESPACE: namespace, POD_NAMESPACE: namespace },
        gatewayVariables: { ...gatewayVariables, VDI_NAMESPACE: namespace, POD_NAMESPACE: namespace },
        session: { template: namespace },
      };
    },
    close: async (client) => {
      const sessions = await client.list(apiVersion, "VDISession", { namespace });
      await client.delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
      // Nobody is left to take a finalizer off.
      for (const { metadata = {} } of sessions.filter((it) => it.metadata?.finalizers?.length)) {
        const freed = { name: metadata.name ?? "", namespace, finalizers: [] };
        await client.mergePatch({ apiVersion, kind: "VDISession", metadata: freed }).catch(() => undefined);
      }
    },
  };
}
