import { expect } from "chai";
import { describeTraefik, legacyCrd, missingCrds, neededCrds } from "../../commands/traefik-gate.judge.ts";
import type { AnyObject } from "../../kube/client.ts";

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

  it("reads the version from the image that runs, whatever CRDs were left behind", () => {
    const version = (image: string) => describeTraefik([...crds, crd(legacyCrd)], deployment(image), undefined).version;
    expect(version("rancher/mirrored-library-traefik:2.11.24")).to.equal("v2");
    expect(version("registry.example.com/traefik:v3.6.13")).to.equal("v3");
  });

  it("reads the version from the CRDs where the Deployment is somebody else's", () => {
    expect(describeTraefik([...crds, crd(legacyCrd)], undefined, undefined).version).to.equal("v2");
    expect(describeTraefik(crds, undefined, undefined).version).to.equal("v3");
  });

  it("tells the addresses of the Service, in order", () => {
    const service = {
      status: { loadBalancer: { ingress: [{ ip: "192.0.2.2" }, { hostname: "x" }, { ip: "192.0.2.1" }] } },
    };
    expect(describeTraefik(crds, undefined, service).addresses).to.deep.equal(["192.0.2.1", "192.0.2.2"]);
  });
});
