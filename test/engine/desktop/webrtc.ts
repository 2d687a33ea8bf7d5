import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { turnSecretName } from "../../../components/vdi-operator/deployment.ts";
import { readRunRecord } from "../../../lab/cluster/run-record.ts";
import { launchChromium } from "../../../lab/desktop/chromium.ts";
import { onPort } from "../../../lab/session/link.ts";
import { rtcConfigKey } from "../../../operator/resources/credentials.ts";
import { annotations } from "../../../operator/resources/labels.ts";
import { turnCredentials, turnRenewalSeconds } from "../../../operator/turn/credentials.ts";
import { startCoturn, turnAddress } from "./coturn.ts";
import { namespace } from "./desktop-lab.ts";
import type { DesktopLab } from "./desktop-lab.ts";
import { DesktopPage } from "./desktop-page.ts";
import { kill, startOperator } from "./lab-components.ts";

/** The way that a picture comes by. */
interface Route {
  /** Where the browser's own end is a relay's. */
  readonly isRelayed: boolean;
  /** Address of the other end. */
  readonly desktop: string;
  /** That the TURN server is asked with. */
  readonly username: string;
  readonly frames: number;
}

// For the browser, whose words the compiler of this project does not know.
const follow = (policy: string) => `
  globalThis.connections = [];
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration) {
      super({ ...configuration, iceTransportPolicy: "${policy}" });
      connections.push(this);
    }
  };`;
const describeRoute = `(async () => {
  const connection = connections.findLast((it) => it.connectionState === "connected");
  const stats = [...(await connection.getStats()).values()];
  const { selectedCandidatePairId } = stats.find((it) => it.type === "transport");
  const found = (id) => stats.find((it) => it.id === id);
  const pair = found(selectedCandidatePairId);
  const [local, remote] = [found(pair.localCandidateId), found(pair.remoteCandidateId)];
  return {
    isRelayed: local.relayProtocol !== undefined,
    desktop: remote.address,
    username: connection.getConfiguration().iceServers.find((it) => it.username).username,
    frames: stats.find((it) => it.type === "inbound-rtp" && it.kind === "video").framesDecoded,
  };
})()`;

/** Desktops whose picture comes by WebRTC, past Traefik. The browser is in their network: no UDP leaves it. */
export function webrtc(lab: DesktopLab): void {
  describe("a desktop that streams by WebRTC", () => {
    let browser: Browser | undefined;
    let endCoturn: (() => Promise<void>) | undefined;

    before(async () => {
      endCoturn = await startCoturn(lab);
      const { pid } = readRunRecord(lab.layout, "desktops") ?? {};
      const hosts = { "turn.desktops.lab.localhost": turnAddress };
      browser = await launchChromium({ ...(pid !== undefined && { desktopsPid: pid }), hosts });
      await lab.template("webrtc", { stream: "WebRTC" });
      await lab.session("webrtc", { template: "webrtc", persistence: { enabled: true, reclaim: "Delete" } });
    });
    after(async () => {
      await browser?.close();
      await endCoturn?.();
      // One that a failed test has killed.
      await startOperator(lab);
      await lab.delete("webrtc");
    });

    it("comes from its pod to a browser that reaches it", async () => {
      const page = await visit("all");
      expect(await route(page)).to.deep.include({ isRelayed: false, desktop: await address() });
      await page.type("echo by-webrtc > direct");
      expect(await lab.inHome("direct")).to.equal("by-webrtc\n");
      await page.close();
    });

    it("comes through the TURN server to a browser that has no other way", async () => {
      const page = await visit("relay");
      expect(await route(page)).to.deep.include({ isRelayed: true, desktop: await address() });
      await page.type("echo by-turn > relayed");
      expect(await lab.inHome("relayed")).to.equal("by-turn\n");
      await page.close();
    });

    it("goes on when the TURN server's credentials are renewed, and who comes then has the new ones", async () => {
      kill(lab, "operator");
      const old = await putOldCredentials();
      const first = await visit("all");
      await first.type(`until grep -q ${old} $SELKIES_RTC_CONFIG_JSON; do sleep 1; done; echo yes > has-old`);
      expect(await lab.inHome("has-old", 120_000)).to.equal("yes\n");
      await first.close();

      const page = await visit("relay");
      expect(await route(page)).to.deep.include({ isRelayed: true, username: old });
      await startOperator(lab);
      await page.type(`while grep -q ${old} $SELKIES_RTC_CONFIG_JSON; do sleep 1; done; echo yes > has-new`);
      expect(await lab.inHome("has-new", 120_000)).to.equal("yes\n");
      expect(await route(page)).to.deep.include({ isRelayed: true, username: old });
      await page.close();

      const next = await visit("relay");
      const { isRelayed, username } = await route(next);
      expect(isRelayed).to.equal(true);
      expect(username).not.to.equal(old);
      await next.close();
    });

    async function address(): Promise<string | undefined> {
      return (await lab.pod("webrtc")).status?.podIP;
    }

    /** Gives the desktop what it would have had until now if it had begun six hours ago. @returns its user name */
    async function putOldCredentials(): Promise<string> {
      const { status } = await lab.until("webrtc", (it) => it.status?.credentialsSecretName !== undefined);
      const name = status?.credentialsSecretName ?? "";
      const shared = await secret({ namespace: "kasm-vdi-system", name: turnSecretName }, "shared-secret");
      const config = JSON.parse(await secret({ namespace, name }, rtcConfigKey)) as { iceServers: object[] };
      const sixHoursAgo = new Date(Date.now() - turnRenewalSeconds * 1000);
      const { username, password, expires } = turnCredentials(shared, name, sixHoursAgo);
      const iceServers = config.iceServers.map((server) =>
        "username" in server ? { ...server, username, credential: password } : server,
      );
      const stringData = { [rtcConfigKey]: JSON.stringify({ ...config, iceServers }) };
      await lab.client.mergePatch({ apiVersion: "v1", kind: "Secret", metadata: { namespace, name }, stringData });
      const pod = { namespace, name: (await lab.pod("webrtc")).metadata.name };
      const metadata = { ...pod, annotations: { [annotations.turnExpires]: String(expires) } };
      await lab.client.mergePatch({ apiVersion: "v1", kind: "Pod", metadata });
      return username;
    }

    async function secret(metadata: { namespace: string; name: string }, key: string): Promise<string> {
      const found = await lab.client.get({ apiVersion: "v1", kind: "Secret", metadata });
      return Buffer.from((found?.["data"] as Record<string, string>)[key] ?? "", "base64").toString();
    }

    async function visit(policy: "all" | "relay"): Promise<DesktopPage> {
      const context = await browser!.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1_280, height: 720 } });
      await context.addInitScript(follow(policy));
      const page = await DesktopPage.in(context);
      // There, Traefik has the port that it has in a cluster.
      await page.open(onPort(await lab.linkTo("webrtc"), 443));
      await page.untilPicture();
      return page;
    }

    /** As soon as pictures come by it. */
    async function route(page: DesktopPage): Promise<Route> {
      const read = () => page.page.evaluate<Route>(describeRoute);
      const { frames } = await read();
      for (let tries = 0; tries < 100; tries++) {
        const now = await read();
        if (now.frames > frames) return now;
        await sleep(100);
      }
      throw new Error(`no further frame comes after ${frames}`);
    }
  });
}
