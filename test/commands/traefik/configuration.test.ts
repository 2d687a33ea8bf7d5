import { expect } from "chai";
import {
  describeTraefik,
  isLeaving,
  knownFields,
  refuseConfig,
  refuseOwn,
} from "../../../commands/traefik/configuration.ts";
import { explainMissing, legacyCrd, missingCrds, neededCrds } from "../../../analyzers/traefik/crds.ts";
import type { AnyObject } from "../../../kube/client.ts";

const crd = (name: string, established = "True"): AnyObject => ({
  metadata: { name },
  status: { conditions: [{ type: "Established", status: established }] },
});
const crds = neededCrds.map((name) => crd(name));

const deployment = (image: string): AnyObject => ({ spec: { template: { spec: { containers: [{ image }] } } } });

describe("the Traefik gate", () => {
  it("waits for CRDs that are absent or not yet Established", () => {
    expect(missingCrds([])).to.deep.equal(neededCrds);
    expect(missingCrds([crd(neededCrds[0] ?? "", "False"), ...crds.slice(1)])).to.deep.equal([neededCrds[0]]);
    expect(missingCrds(crds)).to.deep.equal([]);
  });

  it("tells a K3s whose Traefik is too old from one that has not installed it yet", () => {
    expect(explainMissing(neededCrds, [crd(legacyCrd)])).to.contain("upgrade K3s to 1.29 or later");
    for (const [missing, seen] of [
      [neededCrds, []],
      [neededCrds.slice(0, 1), [crd(legacyCrd)]],
    ] as const)
      expect(explainMissing(missing, seen)).to.contain("the Job kube-system/helm-install-traefik-crd");
  });

  it("reads the version from the image that runs, whatever CRDs were left behind", () => {
    const version = (image: string) => describeTraefik([...crds, crd(legacyCrd)], deployment(image), undefined).version;
    expect(version("rancher/mirrored-library-traefik:2.11.24")).to.equal("v2");
    expect(version("registry.example.com/traefik:v3.6.13")).to.equal("v3");
  });

  it("reads the version from the CRDs where the Deployment is somebody else's", () => {
    expect(describeTraefik([...crds, crd(legacyCrd)], undefined, undefined).version).to.equal("v2");
    expect(describeTraefik(crds, undefined, undefined).version).to.equal("v3");
  });

  it("tells from the CRD which fields a Middleware has: an older Traefik would refuse the others", () => {
    const properties = {
      spec: { properties: { errors: { properties: { query: {}, statusRewrites: {} } }, retry: {} } },
    };
    const versions = [{ name: "v1alpha1", schema: { openAPIV3Schema: { properties } } }];
    const middleware = { metadata: { name: "middlewares.traefik.io" }, spec: { versions } };
    const fields = ["errors.statusRewrites", "forwardAuth.maxResponseBodySize", "retry.status"];
    expect(knownFields([...crds, middleware], fields)).to.deep.equal(["errors.statusRewrites"]);
    expect(knownFields(crds, fields)).to.deep.equal([]);
  });

  it("tells the addresses of the Service, in order", () => {
    const service = {
      status: { loadBalancer: { ingress: [{ ip: "192.0.2.2" }, { hostname: "x" }, { ip: "192.0.2.1" }] } },
    };
    expect(describeTraefik(crds, undefined, service).addresses).to.deep.equal(["192.0.2.1", "192.0.2.2"]);
  });

  describe("before a HelmChartConfig", () => {
    const chart: AnyObject = { metadata: { name: "traefik" } };
    const ours: AnyObject = { metadata: { labels: { "app.kubernetes.io/managed-by": "kasm-vdi" } } };
    const configCrd = (...policies: string[]): AnyObject => ({
      spec: {
        versions: [
          {
            schema: {
              openAPIV3Schema: { properties: { spec: { properties: { failurePolicy: { enum: policies } } } } },
            },
          },
        ],
      },
    });

    it("lets a first one and our own pass", () => {
      expect(refuseConfig("abort", chart, undefined, configCrd("reinstall", "abort"))).to.equal(undefined);
      expect(refuseConfig("abort", chart, ours, configCrd("reinstall", "abort"))).to.equal(undefined);
    });

    it("refuses to fight one that somebody else wrote, and names the writer", () => {
      const foreign = { metadata: { managedFields: [{ manager: "deploy@node-1" }] } } as AnyObject;
      expect(refuseConfig("abort", chart, foreign, undefined)).to.match(
        /exists and is not ours \(deploy@node-1 wrote it\).*traefik.configure to false/,
      );
    });

    it("refuses a failure policy that this Helm controller does not know", () => {
      expect(refuseConfig("retry", chart, undefined, configCrd("reinstall", "abort"))).to.match(
        /does not know the failure policy retry, only reinstall, abort/,
      );
      expect(refuseConfig("retry", chart, undefined, configCrd("reinstall", "abort", "retry"))).to.equal(undefined);
    });

    it("refuses where K3s did not install Traefik: it would have no effect", () => {
      expect(refuseConfig("abort", undefined, undefined, undefined)).to.match(
        /^HelmChart kube-system\/traefik does not/,
      );
    });
  });

  describe("before a Traefik of our own", () => {
    const owned: AnyObject = {
      metadata: { name: "tlsstores.traefik.io", annotations: { "meta.helm.sh/release-name": "traefik-crd" } },
    };

    it("refuses K3s's Traefik and CRDs that its Helm release owns, and says what to do", () => {
      expect(refuseOwn({ metadata: { name: "traefik" } }, [owned])).to.match(
        /HelmChart kube-system\/traefik, tlsstores.traefik.io.*--disable=traefik/,
      );
      expect(refuseOwn(undefined, [owned])).to.match(/tlsstores.traefik.io/);
    });

    it("takes CRDs that an earlier installation of our own has left", () => {
      expect(refuseOwn(undefined, crds)).to.equal(undefined);
    });

    it("waits for what K3s is about to delete", () => {
      expect(isLeaving([undefined, { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }])).to.equal(true);
      expect(isLeaving([undefined, owned])).to.equal(false);
    });
  });
});
