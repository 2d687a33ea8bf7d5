import { readFileSync } from "node:fs";
import { Client, credentials } from "@grpc/grpc-js";
import { BinaryWriter } from "google-protobuf";
import { certificateFile, keyFile } from "../lab/cluster/pki.ts";
import type { BareControlPlane } from "./bare-control-plane.ts";

const atATime = 32;

/**
 * Writes values into etcd past the API server, which would take minutes for tens of thousands of objects. It reads JSON
 * from there as well as its own encoding.
 */
export async function putAll(
  { layout, ports }: BareControlPlane,
  entries: Iterable<readonly [key: string, value: string]>,
): Promise<void> {
  const file = (name: string) => readFileSync(name);
  const secure = credentials.createSsl(
    file(certificateFile(layout.pki, "etcd-ca")),
    file(keyFile(layout.pki, "etcd-client")),
    file(certificateFile(layout.pki, "etcd-client")),
  );
  const client = new Client(`127.0.0.1:${ports["etcd-client"]}`, secure);
  const put = (key: string, value: string) =>
    new Promise<void>((resolve, reject) => {
      const done = (error: Error | null) => (error ? reject(error) : resolve());
      client.makeUnaryRequest("/etcdserverpb.KV/Put", encodePut, () => undefined, [key, value], done);
    });
  const rest = entries[Symbol.iterator]();
  const work = async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) await put(...next.value);
  };
  try {
    await Promise.all(Array.from({ length: atATime }, work));
  } finally {
    client.close();
  }
}

/** etcdserverpb.PutRequest: key is field 1, value field 2. */
function encodePut([key, value]: readonly [string, string]): Buffer {
  const writer = new BinaryWriter();
  writer.writeBytes(1, Buffer.from(key));
  writer.writeBytes(2, Buffer.from(value));
  return Buffer.from(writer.getResultBuffer());
}
