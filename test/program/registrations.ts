import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import type { MockCallArgs, MockResourceArgs, MockResourceResult } from "@pulumi/pulumi/runtime/mocks.js";

/** One resource as the program asked the engine for it. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** True for resources that are only read (`X.get`). */
  readonly isRead: boolean;
  readonly isComponent: boolean;
  /** URN; empty for what belongs to the stack itself. */
  readonly parent: string;
  /** URN and id of the explicit provider; empty for the default provider. */
  readonly provider: string;
  /** URNs, from dependsOn and from inputs. */
  readonly dependencies: readonly string[];
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** URN of the resource whose deletion takes this one along; empty for none. */
  readonly deletedWith: string;
  readonly deleteBeforeReplace: boolean;
  readonly ignoreChanges: readonly string[];
  /** Inputs in plain JSON, secrets unwrapped. */
  readonly inputs: Record<string, unknown>;
  /** Paths of inputs that are marked as secret: `stringData.db-password`. */
  readonly secrets: readonly string[];
}

/** The part of the engine's request that is read here; the classes behind it are internal to the SDK. */
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProvider(): string;
  getDependenciesList(): string[];
  getCustom?(): boolean;
  getProtect?(): boolean;
  getRetainondelete?(): boolean;
  getDeletedwith?(): string;
  getDeletebeforereplace?(): boolean;
  getIgnorechangesList?(): string[];
  getObject?(): { toJavaScript(): Record<string, unknown> } | undefined;
}

type Respond = (error: unknown, response?: { getUrn(): string }) => void;
type Handler = (this: MockMonitor, request: Request, respond: Respond) => Promise<void>;

const secretSignature = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"] as const;

/**
 * Runs a program against Pulumi's mocks and returns all that it registered, in the order of the requests, and what it
 * returned. The mocks' own callback tells neither parent nor options (pulumi/pulumi#14421), so this reads the requests.
 * Transforms, hooks and provider checks do not run under mocks.
 *
 * @param state outputs that the mocked engine gives, where they are not the inputs
 * @param call what functions of providers answer
 */
export async function registrationsOf<T>(
  program: () => T,
  state: (args: MockResourceArgs) => Record<string, unknown> = ({ inputs }) => inputs as Record<string, unknown>,
  call: (args: MockCallArgs) => Record<string, unknown> = () => ({}),
): Promise<{ resources: Registration[]; result: T }> {
  const resources: Registration[] = [];
  const prototype = MockMonitor.prototype as unknown as Record<"registerResource" | "readResource", Handler>;
  const original = { registerResource: prototype.registerResource, readResource: prototype.readResource };
  const recording = (method: keyof typeof original): Handler =>
    async function (request, respond) {
      await original[method].call(this, request, (error, response) => {
        if (response) resources.push(registration(request, response.getUrn(), method === "readResource"));
        respond(error, response);
      });
    };
  // Pulumi takes the stack of every promise, which is half of the time that a program takes under mocks.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  prototype.registerResource = recording("registerResource");
  prototype.readResource = recording("readResource");
  try {
    await pulumi.runtime.setMocks(
      {
        call,
        newResource: (args): MockResourceResult => ({
          id: `${args.name}-id`,
          state: withAddress(args.type, state(args)),
        }),
      },
      "kasm-vdi",
      "test",
    );
    const result = program();
    await pulumi.runtime.disconnect();
    return { resources, result };
  } finally {
    Object.assign(prototype, original);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** As an API server does it: each Service gets an address. */
function withAddress(type: string, state: Record<string, unknown>): Record<string, unknown> {
  if (type !== "kubernetes:core/v1:Service") return state;
  return { ...state, spec: { clusterIP: "10.43.0.7", ...(state["spec"] as object | undefined) } };
}

/** The value of an output, once it is known. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

function registration(request: Request, urn: string, isRead: boolean): Registration {
  const secrets: string[] = [];
  const inputs = unwrap(request.getObject?.()?.toJavaScript() ?? {}, "", secrets) as Record<string, unknown>;
  return {
    type: request.getType(),
    name: request.getName(),
    urn,
    isRead,
    isComponent: !isRead && !(request.getCustom?.() ?? true),
    parent: request.getParent(),
    provider: request.getProvider(),
    dependencies: request.getDependenciesList(),
    protect: request.getProtect?.() ?? false,
    retainOnDelete: request.getRetainondelete?.() ?? false,
    deletedWith: request.getDeletedwith?.() ?? "",
    deleteBeforeReplace: request.getDeletebeforereplace?.() ?? false,
    ignoreChanges: request.getIgnorechangesList?.() ?? [],
    inputs,
    secrets,
  };
}

/** Takes secrets out of their wrapping and notes where they were. */
function unwrap(value: unknown, path: string, secrets: string[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => unwrap(item, `${path}[${index}]`, secrets));
  if (typeof value !== "object" || value === null) return value;
  const [key, secret] = secretSignature;
  if ((value as Record<string, unknown>)[key] === secret) {
    secrets.push(path);
    return unwrap((value as { value: unknown }).value, path, []);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, unwrap(item, path === "" ? name : `${path}.${name}`, secrets)]),
  );
}
