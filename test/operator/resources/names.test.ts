import { expect } from "chai";
import fc from "fast-check";
import { desktopName, homeName, hostOf, readableName, shortHash, userHash } from "../../../operator/resources/names.ts";
import { anyText } from "../any-text.ts";

const dnsLabel = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const session = (name: string, uid: string) => ({ metadata: { name, uid } });

describe("names of a session's objects", () => {
  it("are DNS labels whatever the user is called", () => {
    const user = fc.oneof(anyText({ minLength: 1, maxLength: 254 }), fc.emailAddress());
    fc.assert(
      fc.property(user, (name) => {
        expect(homeName(name)).to.match(dnsLabel).and.to.have.length.at.most(63);
        expect(userHash(name)).to.match(/^[a-z2-7]{16}$/);
      }),
    );
  });

  it("are DNS labels whatever the session is called, up to 253 characters", () => {
    const name = fc.stringMatching(/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/);
    fc.assert(
      fc.property(name, fc.uuid(), (name, uid) => {
        expect(desktopName(session(name, uid)))
          .to.match(dnsLabel)
          .and.to.have.length.at.most(63);
        expect(hostOf(session(name, uid), "example.com").split(".")[0]).to.match(/^[a-z2-7]{25}$/);
      }),
    );
  });

  it("keep users apart whose names look alike once they are made safe", () => {
    const alike = [
      "alice@example.com",
      "alice.example.com",
      "Alice@example.com",
      "alice@example-com",
      "álice@example.com",
    ];
    expect(new Set(alike.map(homeName)).size).to.equal(alike.length);
    expect(homeName("alice@example.com")).to.match(/^home-alice-example-com-[a-z2-7]{16}$/);
  });

  it("differ between a session and one made anew under its name: nothing of the old one is reached by the new address", () => {
    const [first, second] = [session("alice", "uid-1"), session("alice", "uid-2")];
    expect(desktopName(first)).not.to.equal(desktopName(second));
    expect(hostOf(first, "x.org")).not.to.equal(hostOf(second, "x.org"));
  });

  it("do not tell the host from the names of objects, which more people may read", () => {
    const one = session("alice", "uid-1");
    expect(hostOf(one, "x.org")).not.to.contain(desktopName(one).slice(-16));
  });

  it("stay readable where there is something to read, and begin with a letter where there is not", () => {
    expect(readableName("Ünïcode User", "abc")).to.equal("unicode-user-abc");
    expect(readableName("123", "abc")).to.equal("x-abc");
    expect(readableName("用户", "abc")).to.equal("x-abc");
  });
});

describe("shortHash", () => {
  it("is the same for the same text only", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(shortHash(a) === shortHash(b)).to.equal(a === b);
      }),
    );
  });
});
