import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Pages } from "../bundle/build-pages.ts";

interface File {
  readonly type: string;
  readonly cache: string;
  readonly bodies: Readonly<Record<"br" | "gzip" | "identity", Buffer>>;
}

export interface FileAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The pages' files as browsers ask for them, compressed once. Names hold the content's hash, so that they may be kept. */
export class Assets {
  readonly #files: ReadonlyMap<string, File>;
  readonly #page: File;

  constructor({ script, style }: Pages) {
    const forever = "public, max-age=31536000, immutable";
    const scriptPath = `/assets/app-${hashOf(script)}.js`;
    const stylePath = `/assets/style-${hashOf(style)}.css`;
    this.#files = new Map([
      [scriptPath, file(script, "text/javascript; charset=utf-8", forever)],
      [stylePath, file(style, "text/css; charset=utf-8", forever)],
      ["/assets/icon.svg", file(icon, "image/svg+xml", "public, max-age=86400")],
    ]);
    this.#page = file(pageHtml(scriptPath, stylePath), "text/html; charset=utf-8", "no-cache");
  }

  /** Bytes that a first visit loads. */
  get compressedBytes(): number {
    return [this.#page, ...this.#files.values()].reduce((sum, { bodies }) => sum + bodies.gzip.length, 0);
  }

  /** The file of a path, or the page for the paths of the pages; undefined for none of both. */
  find(path: string, request: Pick<IncomingMessage, "headers">): FileAnswer | undefined {
    const found = this.#files.get(path) ?? (isPage(path) ? this.#page : undefined);
    if (!found) return undefined;
    const accepted = request.headers["accept-encoding"] ?? "";
    const encoding = /\bbr\b/.test(accepted) ? "br" : /\bgzip\b/.test(accepted) ? "gzip" : "identity";
    return {
      headers: {
        ...{ "Content-Type": found.type, "Cache-Control": found.cache, Vary: "Accept-Encoding" },
        ...(encoding !== "identity" && { "Content-Encoding": encoding }),
      },
      body: found.bodies[encoding],
    };
  }
}

function isPage(path: string): boolean {
  return /^\/((sessions|new)\/[a-z0-9.-]+|admin)?$/.test(path);
}

function file(text: string, type: string, cache: string): File {
  const identity = Buffer.from(text);
  return {
    type,
    cache,
    bodies: { identity, gzip: gzipSync(identity, { level: 9 }), br: brotliCompressSync(identity) },
  };
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

const icon =
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="2" y="5" width="28" height="19" rx="3" fill="#2f6f8f"/>` +
  `<rect x="11" y="26" width="10" height="2.5" rx="1" fill="#2f6f8f"/><circle cx="16" cy="14.5" r="5" fill="#fff"/></svg>`;

function pageHtml(script: string, style: string): string {
  return [
    "<!doctype html>",
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<meta name="color-scheme" content="light dark"><title>Desktops</title>`,
    `<link rel="icon" href="/assets/icon.svg"><link rel="stylesheet" href="${style}">`,
    `<script type="module" src="${script}"></script></head><body><div id="app"></div>`,
    "<noscript>This page needs JavaScript. Without it: kubectl get vdi.</noscript></body></html>",
  ].join("\n");
}
