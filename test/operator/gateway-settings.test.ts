import { expect } from "chai";
import { loadGatewaySettings } from "../../operator/gateway-settings.ts";

const least = {
  ...{ VDI_NAMESPACE: "kasm-vdi", VDI_DOMAIN: "vdi.example.com" },
  ...{ POD_NAME: "gateway-1", VDI_ACCESS_KEY_FILE: "/key" },
};

describe("the gateway's settings", () => {
  it("need four variables, and have defaults for the rest", () => {
    expect(loadGatewaySettings(least)).to.deep.include({
      ...{ logLevel: "info", userHeader: undefined, drainSeconds: 10, accessKeyFile: "/key" },
      ports: { metrics: 8080, health: 8081, access: 8082 },
    });
  });

  it("refuse a gateway without a signing key, which could let nobody in", () => {
    expect(() => loadGatewaySettings({ ...least, VDI_ACCESS_KEY_FILE: undefined })).to.throw(
      "VDI_ACCESS_KEY_FILE is missing",
    );
  });

  it("refuse a header that is believed without a middleware that sets it, and without a path of its own", () => {
    expect(() => loadGatewaySettings({ ...least, VDI_ACCESS_USER_HEADER: "X-User" }))
      .to.throw("anybody could")
      .with.property("message")
      .that.contains("VDI_ACCESS_PATH_FILE is missing");
    const { userHeader } = loadGatewaySettings({
      ...least,
      ...{ VDI_ACCESS_USER_HEADER: "X-User", VDI_ACCESS_EXTRA_MIDDLEWARES: "sign-in", VDI_ACCESS_PATH_FILE: "/path" },
    });
    expect(userHeader).to.deep.equal({ name: "X-User", pathFile: "/path" });
  });
});
