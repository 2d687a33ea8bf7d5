import { expect } from "chai";
import { hostOf } from "../../../operator/resources/names.ts";
import { desktopRoute } from "../../../operator/resources/route.ts";
import type { RouteSettings } from "../../../operator/resources/route.ts";
import { settings } from "../session/settings.ts";
import { session, template } from "../status/views.ts";

interface Route {
  match: string;
  priority: number;
  middlewares: { name: string }[];
  services: { scheme?: string; serversTransport?: string }[];
}

function routeOf(changes: Parameters<typeof template>[0], of: RouteSettings = settings): Route {
  return (desktopRoute(session(), template(changes), of)["spec"] as { routes: [Route] }).routes[0];
}

describe("the route of a session", () => {
  it("is its whole host, in the syntax that Traefik 2 and 3 share, above any wildcard", () => {
    expect(routeOf({}).match).to.equal(`Host(\`${hostOf(session(), "vdi.example.com")}\`)`);
    expect(routeOf({}).priority).to.be.greaterThan(1000);
  });

  it("asks the operator who may enter, after what the site puts before it", () => {
    const names = routeOf({}, { ...settings, extraMiddlewares: ["oidc"] }).middlewares.map(({ name }) => name);
    expect(names).to.deep.equal(["oidc", "session-access", "session-headers", "session-errors", "session-retry"]);
  });

  it("leaves the door to the image's own password where the template says so", () => {
    expect(routeOf({ access: "Password" }).middlewares).to.deep.equal([
      { name: "session-headers" },
      { name: "session-errors" },
      { name: "session-retry" },
    ]);
  });

  it("speaks TLS to images that speak nothing else", () => {
    expect(routeOf({ runtime: { type: "kasmvnc" } }).services[0]).to.include({
      scheme: "https",
      serversTransport: "session-self-signed",
    });
    expect(routeOf({}).services[0]).not.to.have.any.keys("scheme", "serversTransport");
  });
});
