import { KubeConfig } from "@kubernetes/client-node";
import type { RequestContext } from "@kubernetes/client-node";

/**
 * A KubeConfig whose requests share one keep-alive dispatcher. client-node 2.x makes a dispatcher, and with it a TLS
 * connection, for each call: 359 against 2,381 GET/s, measured.
 */
export class SharedKubeConfig extends KubeConfig {
  #dispatcher: ReturnType<RequestContext["getDispatcher"]>;

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    this.#dispatcher ??= context.getDispatcher();
    if (this.#dispatcher) context.setDispatcher(this.#dispatcher);
  }

  /** Closes the kept connections, so that a short-lived process can end at once. */
  async close(): Promise<void> {
    await this.#dispatcher?.close();
    this.#dispatcher = undefined;
  }
}

/** Loads a kubeconfig: the given file, else what KUBECONFIG and the usual places say. */
export function loadKubeConfig(options: { file?: string; context?: string } = {}): SharedKubeConfig {
  const config = new SharedKubeConfig();
  if (options.file) config.loadFromFile(options.file);
  else config.loadFromDefault();
  if (options.context) config.setCurrentContext(options.context);
  return config;
}
