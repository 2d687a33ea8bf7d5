import type { Call, CheckRequest, CheckResponse } from "../rpc/provider.ts";
import { apiVersionOf, field, fromProperties, kindOf, withField } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { markSecrets } from "./checkpoint.ts";
import { isListKind } from "./known-kinds.ts";
import { adoptName, autoname, hasGenerateName, isNamed, labelManagedBy } from "./names.ts";
import { normalizeInputs } from "./normalize.ts";
import type { Session } from "./session.ts";
import { isPatch, parseToken } from "./token.ts";

/** Fills in what the program leaves open (name, namespace) and brings the inputs into the form that is compared later. */
export async function check(session: Session, request: CheckRequest, call: Call): Promise<CheckResponse> {
  const { settings, cluster } = session;
  const type = parseToken(request.type);
  if (isListKind(type.apiVersion, type.kind)) {
    throw new Error(`${type.kind} only groups objects in files; declare its items as resources of their own`);
  }
  const news = normalizeInputs(fromProperties(request.news));
  const isPatching = isPatch(request.type, kindOf(news));
  const reason = refusal(news, isPatching, settings.enableServerSideApply);
  if (reason !== undefined) return { inputs: request.news, failures: [reason] };

  const named = nameAndLabel(news, request, settings.enableServerSideApply);
  const inputs = await withNamespace(named, session, call.signal);
  cluster.noteDefinition(inputs);
  return { inputs: markSecrets(inputs, request.news) };
}

function refusal(inputs: Manifest, isPatching: boolean, serverSideApply: boolean) {
  if (isPatching && !serverSideApply) {
    return {
      property: "",
      reason: "patch resources need server-side apply; set enableServerSideApply on the provider",
    };
  }
  if (isPatching && !isNamed(inputs)) {
    return { property: "metadata.name", reason: "a patch resource must name the object that it patches" };
  }
  if (serverSideApply && hasGenerateName(inputs)) {
    return {
      property: "metadata.generateName",
      reason: "generateName does not work with server-side apply; leave the name out, and one is generated",
    };
  }
  return undefined;
}

function nameAndLabel(news: Manifest, request: CheckRequest, serverSideApply: boolean): Manifest {
  const isNew = Object.keys(request.olds).length === 0;
  const olds = isNew ? undefined : fromProperties(request.olds);
  const named = olds === undefined ? autoname(news, request.name, request.randomSeed) : adoptName(news, olds);
  return labelManagedBy(named, olds, serverSideApply);
}

async function withNamespace(inputs: Manifest, { cluster }: Session, signal: AbortSignal): Promise<Manifest> {
  const namespace = field(inputs, "metadata", "namespace");
  if (namespace !== undefined && namespace !== null && namespace !== "") return inputs;
  const isNamespaced = await cluster.isNamespaced(apiVersionOf(inputs), kindOf(inputs), signal);
  return isNamespaced ? withField(inputs, ["metadata", "namespace"], cluster.defaultNamespace) : inputs;
}
