import { expect } from "chai";
import { databaseRefusal, kasmValues } from "../../../components/kasm-workspaces/values.ts";
import { plainKasm } from "./args.ts";

describe("kasmValues", () => {
  it("are exactly these for a plain install on K3s", () => {
    expect(kasmValues(plainKasm)).to.deep.equal({
      publicAddr: "desktops.example.com",
      deploymentSize: "small",
      useImageTags: "1.19.0",
      imagePullPolicy: "IfNotPresent",
      nginxResolver: "10.43.0.10",
      kasmSecrets: { create: false, name: "kasm-secrets" },
      proxyService: { type: "ClusterIP" },
      ingress: { enabled: true, ingressClassName: "traefik", tls: true, backendProtocol: "http" },
      certificate: { secretName: "kasm-tls" },
      database: {
        storage: { storageClassName: "local-path", retentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" } },
      },
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            {
              weight: 100,
              podAffinityTerm: {
                topologyKey: "kubernetes.io/hostname",
                labelSelector: { matchLabels: { "app.kubernetes.io/instance": "kasm" } },
                matchLabelKeys: ["app.kubernetes.io/component"],
              },
            },
          ],
        },
      },
      dbManagement: { initialize: true, upgrade: { enable: false, backupStorageClass: "local-path" } },
      components: {
        proxy: { replicas: 2 },
        api: { replicas: 2 },
        manager: { replicas: 2 },
        guac: { recordingData: { storageClassName: "local-path" } },
        rdpGateway: {},
        rdpHttpsGateway: {},
      },
    });
  });

  it("never initialise and upgrade at once, and keep the database's volume in every phase", () => {
    const phases = (["initialize", "keep", "upgrade"] as const).map((database) =>
      kasmValues({ ...plainKasm, database }),
    );
    expect(phases.map(({ dbManagement: { initialize, upgrade } }) => [initialize, upgrade.enable])).to.deep.equal([
      [true, false],
      [false, false],
      [false, true],
    ]);
    for (const { database } of phases) expect(database.storage.retentionPolicy.whenDeleted).to.equal("Retain");
  });

  it("name the given TLS Secret", () => {
    expect(kasmValues({ ...plainKasm, certificate: { kind: "secret", secretName: "mine" } }).certificate).to.deep.equal(
      {
        secretName: "mine",
      },
    );
  });

  it("have cert-manager fill the program's own TLS Secret, wildcard included", () => {
    const certificate = { kind: "cert-manager", issuerName: "letsencrypt", issuerKind: "ClusterIssuer" } as const;
    expect(kasmValues({ ...plainKasm, certificate }).certificate).to.deep.equal({
      secretName: "kasm-tls",
      certManager: {
        enabled: true,
        addWildCard: true,
        issuerName: "letsencrypt",
        issuerKind: "ClusterIssuer",
        issuerGroup: "cert-manager.io",
      },
    });
  });

  it("lower every service's requests on a node that the small preset does not fit", () => {
    const values = kasmValues({ ...plainKasm, sizing: { deploymentSize: "small", replicas: 1, isCompact: true } });
    expect(values.database).to.have.nested.property("resources.requests.cpu", "250m");
    for (const component of ["proxy", "api", "manager", "guac", "rdpGateway", "rdpHttpsGateway"])
      expect(values.components, component).to.have.nested.property(`${component}.resources.requests.cpu`);
    for (const gateway of ["guac", "rdpGateway", "rdpHttpsGateway"])
      expect(values.components, gateway).to.have.nested.property(`${gateway}.nginxSidecar.resources.requests.cpu`);
  });

  it("put every volume on the class that is given, the gateway's recordings and the dump before an upgrade too", () => {
    const values = kasmValues({ ...plainKasm, storageClassName: "kasm-local-path" });
    expect([
      values.database.storage.storageClassName,
      values.components.guac.recordingData.storageClassName,
      values.dbManagement.upgrade.backupStorageClass,
    ]).to.deep.equal(["kasm-local-path", "kasm-local-path", "kasm-local-path"]);
  });

  it("take every image from the site's mirror, by host and path, with the pull secret", () => {
    const registry = { mirror: "registry.example.com:5000/mirror/", pullSecretName: "site" };
    const { components, database, imagePullSecrets } = kasmValues({ ...plainKasm, registry });
    expect(imagePullSecrets).to.deep.equal({ enabled: true, name: "site" });
    const images = [database, ...Object.values(components)].map((part) => "image" in part && part.image);
    const repositories = ["postgres", "proxy", "api", "manager", "kasm-guac", "rdp-gateway", "rdp-https-gateway"];
    expect(images).to.deep.equal(
      repositories.map((name) => ({ registry: "registry.example.com:5000", repository: `mirror/kasmweb/${name}` })),
    );
  });

  it("refer to the site's certificates by a name that changes with them", () => {
    const pem = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
    const name = (text: string) => kasmValues({ ...plainKasm, trustedCa: pem(text) }).trustedCaBundle?.configMapName;
    expect(name("MIIA")).to.match(/^kasm-trusted-ca-[0-9a-f]{10}$/);
    expect(name("MIIA")).not.to.equal(name("MIIB"));
    expect(kasmValues(plainKasm)).not.to.have.property("trustedCaBundle");
  });

  it("open native RDP only when it is asked for, under the base domain", () => {
    expect(kasmValues(plainKasm)).not.to.have.property("directRdpService");
    expect(
      kasmValues({ ...plainKasm, directRdp: { type: "LoadBalancer", port: 3390 } }).directRdpService,
    ).to.deep.equal({
      enabled: true,
      type: "LoadBalancer",
      loadBalancerPort: 3390,
      rdpAccessURL: "desktops.example.com",
    });
  });

  it("leave single copies where the scheduler puts them", () => {
    expect(kasmValues({ ...plainKasm, sizing: { ...plainKasm.sizing, replicas: 1 } })).not.to.have.property("affinity");
  });

  it("take another image tag when one is given", () => {
    expect(kasmValues({ ...plainKasm, imageTag: "1.19.0-rolling-2026-06-02" }).useImageTags).to.equal(
      "1.19.0-rolling-2026-06-02",
    );
  });
});

describe("databaseRefusal", () => {
  it("lets a new chart patch of the same Kasm pass in every phase", () => {
    for (const phase of ["initialize", "keep", "upgrade"] as const)
      expect(databaseRefusal("1.19.0", "1.19.0", phase)).to.equal(undefined);
  });

  it("refuses another Kasm version unless the database is to be upgraded", () => {
    expect(databaseRefusal("1.19.0", "1.20.0", "upgrade")).to.equal(undefined);
    for (const phase of ["initialize", "keep"] as const)
      expect(databaseRefusal("1.19.0", "1.20.0", phase)).to.match(
        /^Kasm's database was made by version 1\.19\.0, and the chart brings 1\.20\.0\..* set kasm-vdi:kasm\.database to upgrade/,
      );
  });

  it("refuses a step back as well", () => {
    expect(databaseRefusal("1.20.0", "1.19.0", "initialize")).to.be.a("string");
  });
});
