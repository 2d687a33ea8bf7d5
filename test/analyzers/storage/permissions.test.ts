import { expect } from "chai";
import { volumeVerdict } from "../../../analyzers/storage/permissions.ts";

const volume = {
  text: "claim kasm/kasm-db",
  mountPath: "/var/lib/postgresql/data",
  node: "k3s-1",
  medium: "node",
} as const;

describe("what PostgreSQL says of its directory", () => {
  it("is of its owner, which an fsGroup does not change", () => {
    const told = volumeVerdict('FATAL:  data directory "/var/lib/postgresql/data" has wrong ownership', volume);
    expect(told?.code).to.equal("VolumeNotPermitted");
    expect(told?.problem).to.equal(
      `The container's user does not own its directory in the claim kasm/kasm-db: "FATAL: data directory "/var/lib/postgresql/data" has wrong ownership".`,
    );
    expect(told?.remedy).to.include("(chown)");
  });

  for (const words of ["invalid permissions", "group or world access"])
    it(`is of a mode that is too open (${words})`, () => {
      const told = volumeVerdict(`FATAL:  data directory "/var/lib/postgresql/data/pg" has ${words}`, volume);
      expect(told?.code).to.equal("VolumeNotPermitted");
      expect(told?.problem).to.match(/^PostgreSQL does not take its directory in the claim kasm\/kasm-db, /);
      expect(told?.remedy).to.include("chmod 0700");
    });

  it("is no matter of the volume when the directory is elsewhere", () =>
    expect(volumeVerdict('FATAL:  data directory "/srv" has wrong ownership', volume)).to.equal(undefined));
});
