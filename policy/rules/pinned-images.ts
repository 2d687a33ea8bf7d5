import { podsOf } from "../pods.ts";
import type { ResourceRule } from "../rule.ts";
import { field, text } from "../value.ts";

export const pinnedImages: ResourceRule = {
  name: "images-are-pinned",
  description: "Every image has a fixed tag or a digest",
  why: "Without one, two nodes run different software under one name, and nobody can go back to yesterday's.",
  fix: "Give the image a version as tag, or a digest.",
  level: "mandatory",
  *check(resource) {
    for (const { title, spec } of podsOf(resource).flatMap(({ containers }) => containers)) {
      const image = text(field(spec, "image"));
      if (image !== undefined && isMoving(image)) yield `${title} runs ${image}`;
    }
    // A template of desktops names its image once for all sessions.
    const image = text(field(resource.props, "spec", "image"));
    if (resource.type.endsWith(":VDITemplate") && image !== undefined && isMoving(image))
      yield `its desktops run ${image}`;
  },
};

/** Whether the image's name alone may mean other content tomorrow: no tag, or one that is known to move. */
export function isMoving(image: string): boolean {
  if (image.includes("@sha256:")) return false;
  // A colon before the last slash belongs to the registry's port.
  const [, tag] = /:([^/:]+)$/.exec(image) ?? [];
  return (
    tag === undefined || /^(.*-)?(latest|develop|main|master|edge|nightly|stable|rolling(-daily|-weekly)?)$/i.test(tag)
  );
}
