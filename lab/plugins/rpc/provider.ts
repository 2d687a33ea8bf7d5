/**
 * What a resource plugin implements. Requests and responses are plain data with decoded property values; each operation also gets a
 * `Call` to speak to the engine and to learn of cancellation. An operation that is left out answers UNIMPLEMENTED, as the engine expects.
 */
import type { PropertyMap } from "./property.ts";

type Answer<T> = T | Promise<T>;

export interface ResourceProvider {
  /** Package name, for example `random`. */
  readonly name: string;
  /** Version that `GetPluginInfo` reports, without a leading v. */
  readonly version: string;

  /** Validates provider options, of which unknown ones may be part. */
  checkConfig?(request: CheckRequest, call: Call): Answer<CheckResponse>;
  diffConfig?(request: DiffRequest, call: Call): Answer<DiffResponse>;
  /** Not called while any provider option is unknown: the engine then skips the operations too. */
  configure?(request: ConfigureRequest, call: Call): Answer<void>;
  check?(request: CheckRequest, call: Call): Answer<CheckResponse>;
  diff?(request: DiffRequest, call: Call): Answer<DiffResponse>;
  create?(request: CreateRequest, call: Call): Answer<CreateResponse>;
  /** Serves refresh (properties and inputs from state), import and `get` (both empty). */
  read?(request: ReadRequest, call: Call): Answer<ReadResponse>;
  update?(request: UpdateRequest, call: Call): Answer<UpdateResponse>;
  /** Success when the object is already gone. */
  delete?(request: DeleteRequest, call: Call): Answer<void>;
  invoke?(request: InvokeRequest, call: Call): Answer<InvokeResponse>;
  /** Runs when the engine cancels and when it ends; `Call.signal` of every running operation is aborted just before. */
  cancel?(): Answer<void>;
}

/** What one operation has besides its request. */
export interface Call {
  /** Aborted when the engine cancels, when it dies, and when the operation's own connection is dropped. */
  readonly signal: AbortSignal;
  /** Lines shown in the resource's final output. */
  readonly log: Record<Severity, (message: string) => void>;
  /** One line beside the resource while it is worked on; the next one replaces it and nothing stays. */
  readonly status: (message: string) => void;
}

export type Severity = "debug" | "info" | "warning" | "error";

/** The resource that an operation is about. */
export interface Subject {
  urn: string;
  /** Type token, for example `random:index/randomPassword:RandomPassword`. */
  type: string;
  /** Name given in the program. */
  name: string;
}

export interface ConfigureRequest {
  /** Provider options by name. Nested values of the SDKs arrive as JSON text. */
  args: PropertyMap;
}

export interface CheckRequest extends Subject {
  /** Inputs of the last deployment; empty for a new resource. */
  olds: PropertyMap;
  news: PropertyMap;
}

export interface CheckResponse {
  /** Inputs with defaults filled in. They go to state and to every later operation. */
  inputs: PropertyMap;
  failures?: CheckFailure[];
}

export interface CheckFailure {
  /** Path such as `spec.replicas`; empty when the failure is not about one property. */
  property: string;
  reason: string;
}

export interface DiffRequest extends Subject {
  id: string;
  oldInputs: PropertyMap;
  /** Outputs in state. */
  olds: PropertyMap;
  news: PropertyMap;
}

export type DiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

export interface DiffResponse {
  changes: boolean;
  /** By property path, for example `spec.containers[0].image`. */
  detailedDiff?: Record<string, { kind: DiffKind }>;
}

export interface CreateRequest extends Subject {
  /** Checked inputs. */
  properties: PropertyMap;
  /** From the resource's customTimeouts; undefined when none is set. */
  timeoutSeconds: number | undefined;
  /** Nothing may be created; what only a real run can tell is answered as Unknown. */
  preview: boolean;
}

export interface CreateResponse {
  /** Empty only in a preview. */
  id: string;
  properties: PropertyMap;
}

export interface ReadRequest extends Subject {
  id: string;
  properties: PropertyMap;
  inputs: PropertyMap;
}

/** An empty id says that the object does not exist. */
export interface ReadResponse {
  id: string;
  properties: PropertyMap;
  inputs: PropertyMap;
}

export interface UpdateRequest extends Subject {
  id: string;
  oldInputs: PropertyMap;
  olds: PropertyMap;
  news: PropertyMap;
  timeoutSeconds: number | undefined;
  preview: boolean;
}

export interface UpdateResponse {
  properties: PropertyMap;
}

export interface DeleteRequest extends Subject {
  id: string;
  /** Outputs in state. */
  properties: PropertyMap;
  oldInputs: PropertyMap;
  timeoutSeconds: number | undefined;
}

export interface InvokeRequest {
  /** Function token, for example `command:local:run`. */
  token: string;
  args: PropertyMap;
  preview: boolean;
}

export interface InvokeResponse {
  result: PropertyMap;
  failures?: CheckFailure[];
}
