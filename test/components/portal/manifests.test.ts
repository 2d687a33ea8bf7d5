import { expect } from "chai";
import { portalPolicy } from "../../../components/portal/admission.ts";
import { portalDeployment, portalVariables } from "../../../components/portal/deployment.ts";
import { portalNetworkPolicies } from "../../../components/portal/policies.ts";
import { proxyMiddlewareArgs, proxyPolicy } from "../../../components/portal/proxy.ts";
import { portalClusterRules, portalRecordRules, portalSessionRules } from "../../../components/portal/rbac.ts";
import { asksToOrphan } from "../../../components/vdi-operator/admission-end.ts";
import { recordName } from "../../../portal/cluster/record.ts";
import { portalRoute } from "../../../components/portal/services.ts";
import type { PortalSettings } from "../../../components/portal/settings.ts";
import { vdiSessionSpec } from "../../../operator/api/vdi-session.ts";
import { proxyHeader } from "../../../portal/sign-in/own-route.ts";
import { loadPortalSettings } from "../../../portal/settings.ts";

const oidc = {
  ...{ issuer: "https://id.example.com:8443/realms/a", clientId: "portal", scopes: "openid" },
  ...{ userClaim: "email", groupsClaim: "groups" },
};
const base: PortalSettings = {
  ...{ namespace: "kasm-vdi", operatorNamespace: "kasm-vdi-system", traefikNamespace: "kube-system" },
  ...{ domain: "desktops.example.com", host: "my.desktops.example.com", replicas: 2, logLevel: "info", registry: {} },
  ...{ adminGroups: ["vdi-admins"], oidc, middlewares: [], program: { kind: "bundle", text: "console.log(1);" } },
};
const withoutOidc: PortalSettings = { ...base };
Reflect.deleteProperty(withoutOidc, "oidc");

describe("the portal's Deployment", () => {
  const pod = (settings: PortalSettings) => {
    const { spec } = portalDeployment(settings) as unknown as {
      spec: { replicas: number; template: { spec: { volumes: { name: string }[]; containers: Container[] } } };
    };
    return {
      replicas: spec.replicas,
      volumes: spec.template.spec.volumes,
      container: spec.template.spec.containers[0]!,
    };
  };
  interface Container {
    env: { name: string; value?: string }[];
    command: string[];
    securityContext: object;
  }

  it("tells the program all that it needs, in the words that it reads", () => {
    const pods = { POD_NAME: "kasm-portal-x", POD_NAMESPACE: "kasm-vdi-system" };
    const settings = loadPortalSettings({
      ...portalVariables({ ...base, oidc: { ...oidc, clientSecret: "s" } }),
      ...pods,
    });
    expect(settings).to.deep.include({ namespace: "kasm-vdi", domain: base.domain, adminGroups: ["vdi-admins"] });
    expect(settings.url.href).to.equal("https://my.desktops.example.com/");
    expect(settings.linksUrl).to.equal("http://kasm-gateway.kasm-vdi-system.svc:8082/links");
    expect(settings.signIn).to.deep.include({ ...oidc, clientSecretFile: "/etc/kasm-portal/oidc/client-secret" });
    const byHeader = { ...withoutOidc, userHeader: "X-Auth-Request-Email", groupsHeader: "X-Auth-Request-Groups" };
    expect(loadPortalSettings({ ...portalVariables(byHeader), ...pods }).signIn).to.deep.equal({
      ...{ kind: "header", userHeader: "x-auth-request-email", groupsHeader: "x-auth-request-groups" },
      proxySecretFile: "/etc/kasm-portal/proxy/secret",
    });
  });

  it("has no secret in its variables, and mounts only those that there are", () => {
    const secret = pod({ ...base, oidc: { ...oidc, clientSecret: "swordfish" } });
    expect(JSON.stringify(secret.container)).not.to.include("swordfish");
    expect(secret.volumes.map(({ name }) => name)).to.deep.equal(["key", "oidc", "bundle"]);
    expect(pod(base).volumes.map(({ name }) => name)).to.deep.equal(["key", "bundle"]);
    const byHeader = pod({ ...withoutOidc, userHeader: "X-User" });
    expect(byHeader.volumes.map(({ name }) => name)).to.deep.equal(["key", "proxy", "bundle"]);
  });

  it("runs as nobody in particular, on a file system that it cannot write", () => {
    expect(pod(base).container.securityContext).to.deep.equal({
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
    });
    expect(pod({ ...base, replicas: 3 }).replicas).to.equal(3);
  });
});

describe("the portal's rights", () => {
  it("are those of people on sessions, and reading: no Secret, no status, nobody to impersonate", () => {
    const rules = [...portalSessionRules, ...portalRecordRules, ...portalClusterRules];
    const resources = rules.flatMap((rule) => rule.resources);
    expect(resources).not.to.include.members(["secrets"]);
    expect(resources.filter((it) => /secret|status|finalizer|users|groups/.test(it))).to.deep.equal([]);
    expect(rules.flatMap(({ verbs }) => verbs)).not.to.include.members(["impersonate"]);
    const writing = rules.filter(({ verbs }) => verbs.some((verb) => ["patch", "delete", "update"].includes(verb)));
    expect(writing.map((rule) => rule.resources)).to.deep.equal([["vdisessions"], ["configmaps"]]);
    // The one that it remembers by, and not that of a program.
    expect(rules.filter((rule) => rule.resources.includes("configmaps"))).to.deep.equal([
      { apiGroups: [""], resources: ["configmaps"], resourceNames: [recordName], verbs: ["list", "watch", "patch"] },
    ]);
  });

  it("are narrowed by a policy to what its pages change, whatever fields a session has", () => {
    const { spec } = portalPolicy("kasm-vdi-system").policy as { spec: { validations: { expression: string }[] } };
    const [, update] = spec.validations.map(({ expression }) => expression);
    const held = [...update!.matchAll(/object\.spec\.\?(\w+)(?:\.\?\w+)? ==/g)].map(([, field]) => field!);
    const free = Object.keys(vdiSessionSpec.shape).filter((field) => !held.includes(field));
    expect(free).to.have.members(["desiredState", "timeout", "access"]);
    const ofIdle = [...update!.matchAll(/object\.spec\.\?idle\.\?(\w+) ==/g)].map(([, field]) => field!);
    const idle = vdiSessionSpec.shape.idle.unwrap();
    expect(Object.keys(idle.shape).filter((field) => !ofIdle.includes(field))).to.deep.equal(["presentAt"]);
  });
});

describe("the portal's end of sessions", () => {
  it("is never an orphaning one, by either of the two fields that ask for it", () => {
    const expressionsOf = (policy: object) =>
      (policy as { spec: { validations: { expression: string }[] } }).spec.validations.map((it) => it.expression);
    const rule = expressionsOf(portalPolicy("kasm-vdi-system").policy).find((it) => it.includes("'DELETE'"))!;
    expect(rule).to.equal(`request.operation != 'DELETE' || !(${asksToOrphan})`);
    expect(rule)
      .to.include("request.options.propagationPolicy == 'Orphan'")
      .and.include("request.options.orphanDependents == true");
  });
});

describe("what the portal's own route is known by", () => {
  it("is in the header that the portal looks at", () => {
    const { spec } = proxyMiddlewareArgs("kasm-vdi-system", "swordfish");
    expect(Object.entries(spec.headers.customRequestHeaders)).to.deep.equal([["X-Vdi-Proxy", "swordfish"]]);
    expect("X-Vdi-Proxy".toLowerCase()).to.equal(proxyHeader);
  });

  it("may be sent through no route, chain or Ingress of another namespace, by whatever name", () => {
    const { spec } = proxyPolicy("kasm-vdi-system").policy as {
      spec: {
        matchConstraints: { resourceRules: { resources: string[]; operations: string[] }[] };
        matchConditions: { expression: string }[];
        validations: { expression: string }[];
      };
    };
    expect(spec.matchConstraints.resourceRules[0]).to.deep.include({
      ...{ resources: ["ingresses", "ingressroutes", "middlewares"], operations: ["CREATE", "UPDATE"] },
    });
    expect(spec.matchConditions.map((it) => it.expression)).to.include("request.namespace != 'kasm-vdi-system'");
    const [annotations, routes, chains] = spec.validations.map((it) => it.expression);
    expect(annotations).to.include(".contains('kasm-vdi-system-portal-proxy@')");
    for (const expression of [routes, chains])
      expect(expression)
        .to.include("!it.name.contains('kasm-vdi-system-portal-proxy@')")
        .and.include("it.namespace : request.namespace) + '-' + it.name != 'kasm-vdi-system-portal-proxy'");
  });
});

describe("the portal's network", () => {
  const policies = (settings: Partial<PortalSettings> = {}) =>
    portalNetworkPolicies({ ...base, ...settings, cluster: {} });

  it("is reached by Traefik alone, and by who scrapes its metrics", () => {
    const { ingress } = policies()["network"]!.spec as { ingress: { from: object[]; ports: { port: number }[] }[] };
    expect(ingress.map(({ ports }) => ports.map(({ port }) => port))).to.deep.equal([[8080], [8082]]);
    expect(JSON.stringify(ingress[1]!.from)).to.include('"traefik"').and.include('"kube-system"');
  });

  it("reaches the issuer at its port, and nothing outside where the site signs people in", () => {
    const ports = (settings: Partial<PortalSettings>) =>
      (policies(settings)["network"]!.spec as { egress: { ports: { port: number }[] }[] }).egress.map(
        ({ ports: open }) => open.map(({ port }) => port),
      );
    expect(ports({})).to.deep.equal([[53, 53], [6443], [8082], [8443]]);
    expect(ports({ oidc: { ...oidc, issuer: "https://id.example.com" } }).at(-1)).to.deep.equal([443]);
    const header = portalNetworkPolicies({ ...withoutOidc, cluster: {} })["network"]!.spec as { egress: object[] };
    expect(header.egress).to.have.length(3);
  });

  it("opens the gateway to the portal, for links", () => {
    expect(policies()["gateway-network"]!.spec).to.deep.include({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "kasm-gateway" } },
      ingress: [
        {
          from: [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "kasm-portal" } } }],
          ports: [{ protocol: "TCP", port: 8082 }],
        },
      ],
    });
  });

  it("has a route that no route of another namespace gets before, with the site's middlewares before it", () => {
    const { spec } = portalRoute({ ...base, middlewares: ["sign-in"] });
    expect(spec.routes).to.deep.equal([
      {
        ...{ kind: "Rule", match: "Host(`my.desktops.example.com`)", middlewares: [{ name: "sign-in" }] },
        priority: 10_000,
        services: [{ kind: "Service", name: "kasm-portal", port: 8082 }],
      },
    ]);
  });

  it("adds what it is known by behind the site's middlewares, whose servers need not see it", () => {
    const [route] = portalRoute({ ...base, middlewares: ["sign-in"], userHeader: "X-User" }).spec.routes;
    expect(route!.middlewares).to.deep.equal([{ name: "sign-in" }, { name: "portal-proxy" }]);
  });
});
