import { EventEmitter, once } from "node:events";
import type { RequestListener } from "node:http";

/** What a desktop's image shows to the operator, as the facts of its family say. */
export interface DesktopImage {
  readonly port: number;
  readonly scheme: "http" | "https";
  /** Answers without a password. */
  readonly openPath?: string;
  /** Where it tells who is connected; undefined where it does not. */
  readonly activity?: { readonly path: string; readonly body: (people: number, ticks: number) => string };
}

const frames = (_: number, ticks: number) => `# TYPE fps_hist histogram\nfps_hist_count ${ticks}\nfps 60\n`;
const connections = (people: number) =>
  JSON.stringify({ kasm_user: Object.fromEntries(Array.from({ length: people }, (_, it) => [`10.0.0.${it}`, [1]])) });

/** By `spec.runtime.type`; the custom one is that of {@link customRuntime}. */
export const images = {
  "selkies-v1": { port: 8080, scheme: "http", activity: { path: "/metrics", body: frames } },
  "selkies-v2": {
    ...{ port: 8080, scheme: "http", openPath: "/api/health" },
    activity: { path: "/api/metrics", body: frames },
  },
  kasmvnc: { port: 6901, scheme: "https", activity: { path: "/api/get_bottleneck_stats", body: connections } },
  linuxserver: { port: 3000, scheme: "http" },
  custom: {
    ...{ port: 9000, scheme: "http", openPath: "/healthz" },
    activity: { path: "/clients", body: (people: number) => `connected_clients{kind="browser"} ${people}\n` },
  },
} satisfies Record<string, DesktopImage>;

export const customRuntime = {
  ...{ type: "custom", port: images.custom.port, healthPath: images.custom.openPath },
  activity: { path: images.custom.activity.path, metric: "connected_clients" },
};

/** A desktop of an image, as far as the operator asks it. */
export class Desktop {
  people = 0;
  /** HTTP status in the place of what it tells; undefined while it is well. */
  failsWith: number | undefined;
  /** Paths, in the order in which they were asked with the right password. */
  readonly asked: string[] = [];
  /** Requests without the right password where one is wanted. */
  refusals = 0;
  readonly #requests = new EventEmitter();
  #ticks = 0;
  readonly #image: DesktopImage;
  readonly #authorization: string;

  constructor(image: DesktopImage, { user, password }: { user: string; password: string }) {
    this.#image = image;
    this.#authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  }

  /** The next time that a path is asked with the right password. @throws AbortError when it is not in time */
  async isAsked(path: string, timeoutMs: number): Promise<void> {
    await once(this.#requests, path, { signal: AbortSignal.timeout(timeoutMs) });
  }

  readonly answer: RequestListener = ({ url = "/", headers }, response) => {
    const { openPath, activity } = this.#image;
    if (url !== openPath && headers.authorization !== this.#authorization) {
      this.refusals++;
      response.writeHead(401, { "WWW-Authenticate": "Basic" }).end();
      return;
    }
    this.asked.push(url);
    this.#requests.emit(url);
    if (url !== activity?.path) {
      response.end("a desktop");
      return;
    }
    // Browsers are heard of between any two looks.
    if (this.people > 0) this.#ticks++;
    response.writeHead(this.failsWith ?? 200).end(activity.body(this.people, this.#ticks));
  };
}
