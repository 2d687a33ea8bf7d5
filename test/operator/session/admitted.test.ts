import { expect } from "chai";
import type { AnyObject } from "../../../kube/object.ts";
import { fingerprint } from "../../../operator/resources/fingerprint.ts";
import { desktopNetworkPolicy } from "../../../operator/resources/network-policy.ts";
import { desktopRoute } from "../../../operator/resources/route.ts";
import { desktopService } from "../../../operator/resources/service.ts";
import { Admitted } from "../../../operator/session/admitted.ts";
import { session, template } from "../status/views.ts";
import { settings } from "./settings.ts";

const children: Record<string, AnyObject> = {
  Service: desktopService(session()),
  IngressRoute: desktopRoute(session(), template(), settings),
  NetworkPolicy: desktopNetworkPolicy(session(), template(), settings),
};

type Path = (string | number)[];

/** Every list and every object in it, by their paths. */
function places(value: unknown, path: Path = []): { path: Path; value: object }[] {
  if (typeof value !== "object" || value === null) return [];
  return [{ path, value }, ...Object.entries(value).flatMap(([key, it]) => places(it, [...path, key]))];
}

function changed(
  child: AnyObject,
  path: Path,
  change: (value: Record<string, unknown> & unknown[]) => void,
): AnyObject {
  const copy = structuredClone(child);
  change(path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], copy) as never);
  return copy;
}

const isAccepted = (wanted: AnyObject, answer: AnyObject) => {
  const admitted = new Admitted();
  admitted.note(wanted, answer);
  return admitted.isAdmitted(fingerprint(wanted), fingerprint(answer));
};

for (const [kind, child] of Object.entries(children))
  describe(`what admission makes of a ${kind}`, () => {
    const all = places((child as { spec?: unknown }).spec, ["spec"]);
    const lists = all.filter(({ value }) => Array.isArray(value) && value.length > 0);
    const objects = all.filter(({ value }) => !Array.isArray(value));
    /** Whom it chooses, and where it leads. */
    const isWhole = (path: Path) => path.some((it) => /selector$/i.test(String(it)) || it === "services");

    it("is accepted where something was added that turns it to nobody else, to any list and any object of it", () => {
      for (const { path } of lists.filter((it) => !isWhole(it.path))) {
        expect(
          isAccepted(
            child,
            changed(child, path, (it) => it.push({ name: "added" })),
          ),
          path.join("."),
        ).to.equal(true);
        expect(
          isAccepted(
            child,
            changed(child, path, (it) => it.unshift({ name: "added" })),
          ),
          path.join("."),
        ).to.equal(true);
      }
      for (const { path } of objects)
        if ((kind !== "Service" || path.length > 1) && !isWhole(path))
          expect(
            isAccepted(
              child,
              changed(child, path, (it) => (it["added"] = "x")),
            ),
            path.join("."),
          ).to.equal(true);
    });

    it("is not where it chooses others than we do", () => {
      for (const { path, value } of all.filter((it) => isWhole(it.path)))
        expect(
          isAccepted(
            child,
            changed(child, path, (it) => (Array.isArray(value) ? it.push("x") : (it["no"] = "body"))),
          ),
          path.join("."),
        ).to.equal(false);
    });

    it("is not where something was taken away or changed", () => {
      for (const { path } of lists)
        expect(
          isAccepted(
            child,
            changed(child, path, (it) => it.pop()),
          ),
          path.join("."),
        ).to.equal(false);
      for (const { path, value } of objects)
        for (const key of Object.keys(value)) {
          const where = [...path, key].join(".");
          expect(
            isAccepted(
              child,
              changed(child, path, (it) => Reflect.deleteProperty(it, key)),
            ),
            where,
          ).to.equal(false);
          const other = changed(child, path, (it) => (it[key] = "of somebody else"));
          expect(isAccepted(child, other), where).to.equal(false);
        }
    });

    it("is asked for again when others changed it later", () => {
      const admitted = new Admitted();
      const [first = { path: [] }] = lists;
      admitted.note(
        child,
        changed(child, first.path, (it) => it.push({ name: "added" })),
      );
      const later = changed(child, first.path, (it) => it.push({ name: "added" }, { name: "by hand" }));
      expect(admitted.isAdmitted(fingerprint(child), fingerprint(later))).to.equal(false);
    });
  });
