import { expect } from "chai";
import type { AnyObject } from "../../../../kube/client.ts";
import { provisioners } from "../../../../lab/simulators/local-path/provisioner.ts";

function deployment(container: object, availableReplicas = 1): AnyObject {
  const spec = { template: { spec: { containers: [container] } } };
  return { metadata: { name: "p", namespace: "storage" }, spec, status: { availableReplicas } };
}

describe("local-path provisioners among Deployments", () => {
  it("finds K3s's own by its command, with the defaults of local-path-provisioner", () => {
    const own = deployment({ command: ["local-path-provisioner", "start", "--config", "/etc/config/config.json"] });
    expect(provisioners([own])).to.deep.equal([
      { name: "rancher.io/local-path", namespace: "storage", configMap: "local-path-config", isRunning: true },
    ]);
  });

  it("reads another's names from flags before environment", () => {
    const other = deployment({
      image: "rancher/local-path-provisioner:v0.0.36",
      args: ["--provisioner-name=vdi.example/local", "--configmap-name", "own-config"],
      env: [{ name: "PROVISIONER_NAME", value: "ignored" }],
    });
    expect(provisioners([other])[0]).to.include({ name: "vdi.example/local", configMap: "own-config" });
  });

  it("counts one without an available pod as not running", () => {
    expect(provisioners([deployment({ image: "local-path-provisioner" }, 0)])[0]).to.include({ isRunning: false });
  });

  it("leaves other Deployments alone", () => {
    expect(provisioners([deployment({ image: "nginx" })])).to.deep.equal([]);
  });
});
