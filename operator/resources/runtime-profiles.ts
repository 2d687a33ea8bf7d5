import type { VDITemplate } from "../api/objects.ts";

type TemplateSpec = VDITemplate["spec"];

/** How an image is run and talked to: the family's values, with those of the template before them. */
export interface RuntimeProfile {
  readonly port: number;
  readonly scheme: "http" | "https";
  /** Answers 200 without a password; undefined when the family has no such path, so that only the port can be asked. */
  readonly healthPath: string | undefined;
  /** Gives the picture as it is now, with the password; undefined when the family tells nothing of it. */
  readonly picturePath: string | undefined;
  /** User of the stream; undefined when the image fixes none and the environment names it. */
  readonly streamUser: string;
  /** Where the home volume belongs. */
  readonly home: string;
  /** User and group of the desktop; 0 starts as root and steps down to 1000. */
  readonly userId: number;
  /** Variables that take parts of the credentials Secret. */
  readonly credentials: Readonly<Record<string, "user" | "password">>;
  /** Variables with values of their own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variable with the path of the file that has the TURN servers; undefined when the family cannot WebRTC. */
  readonly rtcConfigVariable: string | undefined;
}

/** By it the NVIDIA runtime mounts GPUs; the device plugin sets it for a pod that has a slice. */
export const visibleGpus = "NVIDIA_VISIBLE_DEVICES";

/** By it an image is told which programs to start. */
export const applicationsVariable = "VDI_APPLICATIONS";

/** Where the credentials Secret's file with TURN servers is mounted. */
export const rtcConfigPath = "/etc/vdi/rtc/rtc.json";

/** The profile of a template's image. Variables are those that facts of each family's entry point name. */
export function runtimeProfile(spec: TemplateSpec): RuntimeProfile {
  const { runtime } = spec;
  const family = families[runtime.type](spec);
  const names = runtime.environment ?? {};
  return {
    ...family,
    ...defined({
      port: runtime.port,
      scheme: runtime.scheme,
      healthPath: runtime.healthPath,
      home: runtime.home,
      userId: runtime.user,
    }),
    credentials: {
      ...family.credentials,
      ...(names.user !== undefined && { [names.user]: "user" as const }),
      ...(names.password !== undefined && { [names.password]: "password" as const }),
    },
  };
}

/** Variables that belong to the operator: a template that sets one of them could do without the stream's
 * password, or take every GPU of the node. */
export function reservedVariables(spec: TemplateSpec): ReadonlySet<string> {
  const { credentials, environment, rtcConfigVariable } = runtimeProfile(spec);
  return new Set([
    ...Object.keys(credentials),
    ...Object.keys(environment),
    ...(rtcConfigVariable ? [rtcConfigVariable] : []),
    visibleGpus,
    ...(spec.applications?.length ? [applicationsVariable] : []),
  ]);
}

type Family = (spec: TemplateSpec) => RuntimeProfile;

const families: Record<TemplateSpec["runtime"]["type"], Family> = {
  // nginx asks for the password on every path, /health too: an unauthenticated probe would get 401.
  "selkies-v1": ({ desktopPolicy: { clipboard }, stream }) => ({
    ...base,
    port: 8080,
    home: "/home/ubuntu",
    credentials: {
      SELKIES_BASIC_AUTH_USER: "user",
      SELKIES_BASIC_AUTH_PASSWORD: "password",
      // Of the account in the container; the image's own is public knowledge.
      PASSWD: "password",
    },
    environment: {
      SELKIES_ENABLE_BASIC_AUTH: "true",
      SELKIES_ENABLE_HTTPS: "false",
      SELKIES_ENABLE_CLIPBOARD: selkiesClipboard[clipboard],
      // The line streams by WebRTC alone; its packaging has KasmVNC beside it.
      KASMVNC_ENABLE: String(stream === "WebSocket"),
      // Without all four the entry point starts a TURN server in the pod, and asks a foreign host for its public address.
      // The file with the real ones goes before them.
      ...(stream === "WebRTC" && {
        SELKIES_TURN_HOST: "localhost",
        SELKIES_TURN_PORT: "3478",
        SELKIES_TURN_USERNAME: "unused",
        SELKIES_TURN_PASSWORD: "unused",
      }),
    },
    rtcConfigVariable: "SELKIES_RTC_CONFIG_JSON",
  }),
  "selkies-v2": (spec) => ({
    ...base,
    port: 8080,
    healthPath: "/api/health",
    picturePath: "/api/screenshot",
    home: "/home/ubuntu",
    credentials: { SELKIES_BASIC_AUTH_USER: "user", SELKIES_BASIC_AUTH_PASSWORD: "password", PASSWD: "password" },
    environment: {
      SELKIES_ENABLE_BASIC_AUTH: "true",
      SELKIES_ENABLE_HTTPS: "false",
      SELKIES_MODE: spec.stream === "WebRTC" ? "webrtc" : "websockets",
      // Whoever switches to WebRTC in the page would be sent to TURN servers of strangers.
      SELKIES_ENABLE_DUAL_MODE: "false|locked",
      // It listens on loopback alone unless told, and refuses to start when told twice: empty is not told.
      SELKIES_PUBLIC: "true",
      SELKIES_ADDR: "",
      // Serves the activity probe.
      SELKIES_ENABLE_METRICS_HTTP: "true",
      SELKIES_COMMAND_ENABLED: "false|locked",
      SELKIES_ENABLE_CLIPBOARD: selkiesClipboard[spec.desktopPolicy.clipboard],
      SELKIES_MICROPHONE_ENABLED: `${spec.desktopPolicy.microphone}|locked`,
      SELKIES_FILE_TRANSFERS: selkiesFiles[spec.desktopPolicy.files],
      // What is printed is a file that the browser fetches.
      SELKIES_PRINTING_ENABLED: `${downloads.has(spec.desktopPolicy.files)}|locked`,
    },
    rtcConfigVariable: "SELKIES_RTC_CONFIG_JSON",
  }),
  linuxserver: ({ desktopPolicy: { clipboard, files, microphone } }) => ({
    ...base,
    port: 3000,
    home: "/config",
    userId: 0,
    credentials: { CUSTOM_USER: "user", PASSWORD: "password" },
    environment: {
      PUID: "1000",
      PGID: "1000",
      SELKIES_COMMAND_ENABLED: "false|locked",
      SELKIES_CLIPBOARD_ENABLED: `${clipboard !== "None"}|locked`,
      SELKIES_CLIPBOARD_IN_ENABLED: `${clipboard === "Both" || clipboard === "In"}|locked`,
      SELKIES_CLIPBOARD_OUT_ENABLED: `${clipboard === "Both" || clipboard === "Out"}|locked`,
      SELKIES_MICROPHONE_ENABLED: `${microphone}|locked`,
      SELKIES_FILE_TRANSFERS: selkiesFiles[files],
    },
  }),
  // Always TLS, with a certificate that the image makes at its start.
  kasmvnc: ({ desktopPolicy: { clipboard } }) => ({
    ...base,
    port: 6901,
    scheme: "https",
    streamUser: "kasm_user",
    home: "/home/kasm-user",
    credentials: { VNC_PW: "password" },
    environment: {
      // The entry point hands these to the VNC server's command line as they are.
      ...((clipboard === "In" || clipboard === "None") && { KASM_SVC_SEND_CUT_TEXT: "-SendCutText 0" }),
      ...((clipboard === "Out" || clipboard === "None") && { KASM_SVC_ACCEPT_CUT_TEXT: "-AcceptCutText 0" }),
    },
  }),
  custom: () => base,
};

const base: RuntimeProfile = {
  port: 8080,
  scheme: "http",
  healthPath: undefined,
  picturePath: undefined,
  streamUser: "desktop",
  home: "/home/user",
  userId: 1000,
  credentials: {},
  environment: {},
  rtcConfigVariable: undefined,
};

// In is towards the desktop.
const selkiesClipboard = { Both: "true", In: "in", Out: "out", None: "false" };
const selkiesFiles = { Both: "upload,download", Upload: "upload", Download: "download", None: "none" };
const downloads: ReadonlySet<TemplateSpec["desktopPolicy"]["files"]> = new Set(["Both", "Download"]);

function defined<T extends object>(values: { [Key in keyof T]: T[Key] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
