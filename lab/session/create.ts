import { setTimeout as sleep } from "node:timers/promises";
import { apiMessage, statusCode } from "../../kube/client.ts";
import type { AnyObject, ClusterClient } from "../../kube/client.ts";
import { apiVersion, listTemplates, named } from "./objects.ts";
import type { Session, Template } from "./objects.ts";

export interface SessionRequest {
  /** The API server makes one up when it is left out. */
  readonly name?: string;
  readonly user: string;
  /** Default: {@link preferredTemplate}. */
  readonly template?: string;
  /** Slices of a GPU, 0 or 1; the template's default when left out. */
  readonly gpu?: number;
  /** Default: yes. */
  readonly home?: boolean;
  /** As the API writes it: 30m, 8h. */
  readonly timeout?: string;
}

/** The template that shows most: one whose desktops take a slice of a GPU, which the cluster has if there is such a one. */
export function preferredTemplate(templates: readonly Template[]): Template {
  const ofGpu = templates.find(({ spec }) => (spec.resources?.default?.gpu ?? 0) > 0);
  const chosen = ofGpu ?? templates.find(({ metadata }) => metadata.name === "ubuntu") ?? templates[0];
  if (!chosen)
    throw new Error("There is no VDITemplate to make a session from. `npm run lab` puts the starter set back.");
  return chosen;
}

/** The VDISession that is asked for. */
export function sessionObject(request: SessionRequest, template: string, namespace: string): AnyObject {
  const { name, user, gpu, home, timeout } = request;
  return {
    apiVersion,
    kind: "VDISession",
    metadata: { namespace, ...(name === undefined ? { generateName: `${template}-` } : { name }) },
    spec: {
      user,
      template,
      ...(gpu !== undefined && { resources: { gpu } }),
      ...(home === false && { persistence: { enabled: false } }),
      ...(timeout !== undefined && { timeout }),
    },
  };
}

// The API server looks every half minute which kinds there are; until then its admission refuses by a policy whose
// parameters are of a kind that was just installed.
const mostTries = 90;

/** @param options dryRun: nothing stays */
export async function createOnceKnown(
  client: ClusterClient,
  object: AnyObject,
  options: { dryRun?: boolean } = {},
): Promise<Session> {
  for (let tries = 1; ; tries++)
    try {
      return (await client.create(object, { fieldManager: "kasm-vdi-lab", ...options })) as Session & AnyObject;
    } catch (error) {
      if (!apiMessage(error).includes("failed to find resource referenced by paramKind") || tries === mostTries)
        throw error;
      await sleep(1_000);
    }
}

/** @throws Error for a template that is not there, a name that is taken, and whatever the API server refuses, as a sentence */
export async function createSession(
  client: ClusterClient,
  namespace: string,
  request: SessionRequest,
): Promise<Session> {
  const templates = await listTemplates(client);
  const template =
    request.template === undefined ? preferredTemplate(templates) : named("template", request.template, templates);
  const object = sessionObject(request, template.metadata.name, namespace);
  try {
    return await createOnceKnown(client, object);
  } catch (error) {
    if (statusCode(error) === 409 && request.name !== undefined)
      throw new Error(
        `There is a session ${request.name} already. Choose another name, or \`npm run lab session delete ${request.name}\` first.`,
        { cause: error },
      );
    throw new Error(`The API server refuses the session: ${apiMessage(error)}`, { cause: error });
  }
}
