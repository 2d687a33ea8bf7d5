import { forward, parseForward } from "./forward.ts";

// usage: node lab/desktop/network/forwarder.ts FROM=TO... A number is a port of loopback, all else the path of a Unix socket.
// Prints `ready` once it listens everywhere. Runs beside the lab's network namespace, for those outside of it.
for (const text of process.argv.slice(2)) await forward(parseForward(text));
console.log("ready");
