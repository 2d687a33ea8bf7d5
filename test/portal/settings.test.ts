import { expect } from "chai";
import { SettingsError } from "../../operator/environment.ts";
import { loadPortalSettings } from "../../portal/settings.ts";

const least = {
  ...{ VDI_NAMESPACE: "kasm-vdi", VDI_DOMAIN: "desktops.example.com", POD_NAME: "portal-1", POD_NAMESPACE: "system" },
  ...{ VDI_PORTAL_URL: "https://my.desktops.example.com", VDI_PORTAL_KEY_FILE: "/key" },
  ...{ VDI_PORTAL_LINKS_URL: "http://gateway/links", VDI_PORTAL_USER_HEADER: "X-Forwarded-User" },
  VDI_PORTAL_PROXY_SECRET_FILE: "/proxy",
};

describe("the portal's settings", () => {
  it("are read with what is left out filled in", () => {
    expect(loadPortalSettings(least)).to.deep.include({
      adminGroups: [],
      signIn: {
        ...{ kind: "header", userHeader: "x-forwarded-user", groupsHeader: undefined },
        proxySecretFile: "/proxy",
      },
      ports: { metrics: 8080, health: 8081, web: 8082 },
    });
    const oidc = {
      ...least,
      VDI_PORTAL_USER_HEADER: undefined,
      VDI_PORTAL_OIDC_ISSUER: "https://issuer",
      VDI_PORTAL_OIDC_CLIENT_ID: "portal",
    };
    expect(loadPortalSettings(oidc).signIn).to.deep.equal({
      ...{ kind: "oidc", issuer: "https://issuer", clientId: "portal", clientSecretFile: undefined },
      ...{ scopes: "openid email profile", userClaim: "email", groupsClaim: "groups" },
    });
  });

  it("believe no header without what the portal's own route is known by", () => {
    expect(() => loadPortalSettings({ ...least, VDI_PORTAL_PROXY_SECRET_FILE: undefined })).to.throw(
      "VDI_PORTAL_PROXY_SECRET_FILE is missing",
    );
  });

  it("tell all that is wrong at once", () => {
    const wrong = {
      ...least,
      VDI_PORTAL_URL: "https://my.example.com/path",
      VDI_PORTAL_OIDC_ISSUER: "https://i",
      VDI_NAMESPACE: "",
    };
    expect(() => loadPortalSettings(wrong))
      .to.throw(SettingsError)
      .with.property("message")
      .that.includes("VDI_PORTAL_URL is")
      .and.includes("VDI_NAMESPACE is missing")
      .and.includes("VDI_PORTAL_OIDC_CLIENT_ID is missing")
      .and.includes("not both");
  });
});
