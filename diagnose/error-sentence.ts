import { apiMessage, statusCode } from "../kube/client.ts";

/** An error as one sentence that says what to do. */
export function sentenceOf(error: unknown): string {
  const code = codeOf(error);
  if (statusCode(error) === 401)
    return "The API server does not know who asks: the kubeconfig's token or certificate is missing, wrong or expired. Renew it, or name another file with --kubeconfig.";
  if (code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "ETIMEDOUT" || code === "EHOSTUNREACH")
    return `The API server cannot be reached: ${apiMessage(error)} (${code}). Is K3s up on the server node (systemctl status k3s), and is the kubeconfig the right one?`;
  if (code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code))
    return `The API server's certificate is not the one that the kubeconfig trusts (${code}). Copy /etc/rancher/k3s/k3s.yaml from the server node anew.`;
  return apiMessage(error);
}

function codeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause)
    if ("code" in at && typeof at.code === "string") return at.code;
  return undefined;
}
