import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An HTTP server on loopback that serves `files` by path, each after `delayMs`, and counts what was asked for. */
export async function serve(
  files: Record<string, string | Buffer>,
  delayMs = 0,
): Promise<{ url: string; asked: string[]; close: () => Promise<void> }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    asked.push(path);
    setTimeout(() => {
      const file = files[path];
      response.statusCode = file === undefined ? 404 : 200;
      response.end(file);
    }, delayMs);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
