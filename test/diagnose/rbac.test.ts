import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parseAllDocuments } from "yaml";
import { collectedKinds, namesOnly } from "../../diagnose/collect/kinds.ts";

interface Role {
  kind: string;
  metadata: { name: string };
  rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
}

const file = new URL("../../diagnose/rbac/cluster-role.yaml", import.meta.url);
const roles = parseAllDocuments(readFileSync(file, "utf8")).map((it) => it.toJS() as Role);
const rights = ({ rules }: Role) =>
  rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((it) => verbs.map((verb) => `${verb} ${it}.${group}`))),
  );

function needed(kind: string): string {
  const group = collectedKinds[kind]!.includes("/") ? collectedKinds[kind]!.split("/")[0]! : "";
  const word = kind.toLowerCase();
  const plural = word.endsWith("y") ? `${word.slice(0, -1)}ies` : word.endsWith("s") ? `${word}es` : `${word}s`;
  return `list ${plural}.${group}`;
}

describe("the ClusterRoles for who runs the diagnosis", () => {
  it("allow exactly what is collected, and change nothing", () => {
    const all = [...Object.keys(collectedKinds).map(needed), "get pods/log."];
    expect(roles.flatMap(rights)).to.have.members(all);
  });

  it("keep Secrets in a role of their own, for it allows to read their values", () => {
    const [main, secrets] = roles;
    expect(rights(main!).filter((it) => it.includes("secrets"))).to.deep.equal([]);
    expect(rights(secrets!)).to.have.members([...namesOnly].map(needed));
  });

  it("allow what --probe-pod does in a Role of its own, for one namespace", () => {
    const role = new URL("../../diagnose/rbac/probe-pod-role.yaml", import.meta.url);
    const [only, ...others] = parseAllDocuments(readFileSync(role, "utf8")).map((it) => it.toJS() as Role);
    expect(others).to.deep.equal([]);
    expect(only?.kind).to.equal("Role");
    expect(rights(only!)).to.have.members(["create", "get", "list", "delete"].map((verb) => `${verb} pods.`));
  });
});
