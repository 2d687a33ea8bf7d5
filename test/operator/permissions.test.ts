import { expect } from "chai";
import { permissionFor, permissions } from "../../operator/permissions.ts";
import { askedPermission } from "./asked-permissions.ts";

const namespaces = { sessions: "kasm-vdi", own: "kasm-vdi-system" };
const asked = (method: string, path: string) => askedPermission(method, path, namespaces)!;

describe("the operator's permissions", () => {
  it("let it do what a session needs", () => {
    const allowed: [string, string][] = [
      ["GET", "/apis/vdi.kasm.io/v1alpha1/namespaces/kasm-vdi/vdisessions?watch=true&resourceVersion=7"],
      ["PATCH", "/apis/vdi.kasm.io/v1alpha1/namespaces/kasm-vdi/vdisessions/a/status?fieldManager=kasm-operator"],
      ["POST", "/api/v1/namespaces/kasm-vdi/pods"],
      ["GET", "/api/v1/nodes?limit=500"],
      ["PATCH", "/apis/coordination.k8s.io/v1/namespaces/kasm-vdi-system/leases/kasm-operator"],
    ];
    for (const [method, path] of allowed) expect(permissionFor(asked(method, path)), path).not.to.equal(undefined);
  });

  it("let it read no list of Secrets, enter no desktop, and write nothing that is not its own", () => {
    const refused: [string, string][] = [
      ["GET", "/api/v1/namespaces/kasm-vdi/secrets"],
      ["GET", "/api/v1/namespaces/kasm-vdi-system/secrets/access-key"],
      ["POST", "/api/v1/namespaces/kasm-vdi/pods/a/exec"],
      ["GET", "/api/v1/pods"],
      ["PATCH", "/apis/vdi.kasm.io/v1alpha1/vditemplates/ubuntu"],
      ["PATCH", "/apis/coordination.k8s.io/v1/namespaces/kasm-vdi-system/leases/other"],
    ];
    for (const [method, path] of refused) expect(permissionFor(asked(method, path)), path).to.equal(undefined);
  });

  it("say what for", () => {
    for (const { why, resource } of permissions) expect(why, resource).to.match(/\S+ \S+/);
  });
});
