import { expect } from "chai";
import type { Check } from "../../../operator/view/session-view.ts";
import { sessionStatus, statusChanged, statusRecheckMs } from "../../../operator/status/session-status.ts";
import { expectReady, readyTable } from "./ready.ts";
import { ago, container, now, podWith, readyPod, session, settings, view } from "./views.ts";

const running = (seconds: number) =>
  podWith([container({ started: true, state: { running: { startedAt: ago(seconds) } } })]);
const refused = { ok: false, message: "GET http://10.42.1.7:8080/api/health: connection refused" };

describe("why a desktop that runs cannot be reached", () => {
  readyTable({
    "its route is gone": [
      view({ route: undefined }),
      ["RouteMissing", "its IngressRoute is not there", ".vdi.example.com leads nowhere"],
    ],
    "its Service is gone": [view({ service: undefined }), ["RouteMissing", "its Service is not there"]],
    "there is no kind for routes": [
      view({
        route: undefined,
        refusals: [
          { kind: "IngressRoute", why: "Missing", message: "the server could not find the requested resource" },
        ],
      }),
      ["RouteKindMissing", "no kind IngressRoute", "docs/components/traefik.md"],
    ],
    "its stream does not answer the operator": [
      view({ stream: refused }),
      ["StreamNotAnswering", "connection refused"],
    ],
    "its picture is lost": [
      view({ stream: { ok: false, isPictureLost: true, message: "The stream says that its display is gone." } }),
      ["StreamNotAnswering", "has no picture", "Delete its pod"],
    ],
    "its probe fails": [
      view({
        pod: running(40),
        events: [
          {
            type: "Warning",
            reason: "Unhealthy",
            message: "Readiness probe failed: HTTP probe failed with statuscode: 503",
            lastTime: ago(2),
          },
        ],
      }),
      ["ProbeFailing", "HTTP probe failed with statuscode: 503"],
    ],
    "its probe fails, and nobody has read events": [view({ pod: running(40) }), ["ProbeFailing", "no event says why"]],
    "it has only just been started": [view({ pod: running(5) }), ["Starting"]],
    "nobody has asked its stream yet": [view({ stream: undefined }), ["Starting"]],
  });

  it("is looked at again when the stream has had its time", () => {
    expect(statusRecheckMs(view({ pod: running(5) }), now)).to.equal(25_000);
  });

  it("is told at once of a desktop that could be reached before", () => {
    const before = sessionStatus(view(), settings, now);
    expectReady(view({ session: session({ status: before }), pod: running(5) }), ["ProbeFailing"]);
  });

  it("stays reachable while an operator that was started anew has not asked yet", () => {
    const before = sessionStatus(view(), settings, now);
    const status = sessionStatus(view({ session: session({ status: before }), stream: undefined }), settings, now);
    expect(statusChanged(before, status)).to.equal(false);
  });

  it("waits for Traefik's first answer where Traefik can be asked: a route that is there is not one that is served", () => {
    const asking = { ...settings, traefikUrl: "https://traefik.kube-system.svc" };
    const told = (routeAnswer: Check | undefined, before = session()) =>
      sessionStatus(view({ session: before, routeAnswer }), asking, now);
    expect(told(undefined).phase).to.equal("Creating");
    const ready = told({ ok: true, message: "It answers through Traefik." });
    expect(ready.phase).to.equal("Running");
    expect(statusChanged(ready, told(undefined, session({ status: ready })))).to.equal(false);
  });

  it("is the kubelet's to say where the operator has no way to pods", () => {
    const kubelet = { ...settings, streamCheck: "kubelet" } as const;
    expect(sessionStatus(view({ pod: readyPod(), stream: undefined }), kubelet, now).phase).to.equal("Running");
  });

  it("does not show an address before there is a route", () => {
    expect(sessionStatus(view({ route: undefined }), settings, now)).not.to.have.property("url");
  });
});
