// Loaded into an operator's process before the operator (NODE_OPTIONS), in the place of the network that simulated pods do
// not have: a connection to one of their addresses ends at an address of this machine, where a PodNetwork answers. Whom
// to ask, what for and how long is all the operator's own.
import { Socket } from "node:net";

const pods = "10.42.";
const network = `${process.env["TEST_POD_NETWORK"] ?? ""}.`;

const connect = Reflect.get(Socket.prototype, "connect") as (this: Socket, ...given: unknown[]) => Socket;

Object.assign(Socket.prototype, {
  connect(this: Socket, ...given: unknown[]): Socket {
    // node:net hands over all arguments in one list, node:tls the options alone.
    const options = [given[0]].flat()[0] as { host?: unknown } | undefined;
    if (typeof options?.host === "string" && options.host.startsWith(pods))
      options.host = options.host.replace(pods, network);
    return connect.apply(this, given);
  },
});
