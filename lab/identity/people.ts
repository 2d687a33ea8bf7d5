/** Somebody whom the lab's identity provider knows. */
export interface LabPerson {
  readonly email: string;
  readonly name: string;
  readonly groups: readonly string[];
}

/** The group of the lab's administrators, as lab/stack.yaml names it. */
export const adminGroup = "vdi-admins";

/** The three who can sign in to the lab's portal, by their login. There are no passwords: it listens on loopback. */
export const people: Readonly<Record<string, LabPerson>> = {
  alice: { email: "alice@example.com", name: "Alice", groups: ["designers"] },
  bob: { email: "bob@example.com", name: "Bob", groups: [] },
  carol: { email: "carol@example.com", name: "Carol", groups: [adminGroup] },
};
