import { untrusted } from "../../kube/untrusted-text.ts";

/** What the API server did not let somebody do. */
export interface Denial {
  /** `system:serviceaccount:kasm-vdi-system:kasm-operator` */
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Undefined at the cluster scope. */
  readonly namespace: string | undefined;
  /** The API server's own words. */
  readonly text: string;
}

// k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go, forbiddenMessage.
const form =
  /User "([^"]{1,253})" cannot (\w+) resource "([^"]{1,253})"(?: in API group "([^"]{0,253})")?(?: in the namespace "([^"]{1,63})")?/g;

/** Denials in a log or a message, each once. In JSON lines quotes are escaped. */
export function denialsIn(text: string): Denial[] {
  const plain = untrusted(text).replaceAll('\\"', '"');
  const found = [...plain.matchAll(form)].map(
    ([words, user = "", verb = "", resource = "", group = "", namespace]): Denial => ({
      ...{ user, verb, resource, group, namespace },
      text: words,
    }),
  );
  return [...new Map(found.map((it) => [it.text, it])).values()];
}
