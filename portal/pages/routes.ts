/** What an address of the pages shows. */
export type Page =
  | { readonly name: "gallery" | "admin" | "none" }
  | { readonly name: "session"; readonly session: string }
  | { readonly name: "new"; readonly template: string };

export function pageOf(path: string): Page {
  if (path === "/") return { name: "gallery" };
  if (path === "/admin") return { name: "admin" };
  const [, kind, name = ""] = /^\/(sessions|new)\/([a-z0-9.-]+)$/.exec(path) ?? [];
  if (kind === "sessions") return { name: "session", session: name };
  if (kind === "new") return { name: "new", template: name };
  return { name: "none" };
}
