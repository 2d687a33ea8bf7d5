import { createHmac } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { turnCredentials } from "../../../operator/turn/credentials.ts";
import { rotation } from "../../../operator/turn/rotation.ts";

const hour = 3_600_000;
const moments = fc.date({ min: new Date("2020-01-01"), max: new Date("2100-01-01"), noInvalidDate: true });
const ids = fc.string();

describe("TURN credentials", () => {
  it("are what coturn's use-auth-secret takes: the expiry's time and who it is for, hashed, and the HMAC-SHA1 of both", () => {
    const { username, password, expires } = turnCredentials("secret", "alice-at-example", new Date("2026-01-01"));
    expect(username).to.match(new RegExp(`^${expires}:[a-z2-7]{16}$`));
    // openssl dgst -sha1 -hmac secret -binary | base64
    expect(password).to.equal(createHmac("sha1", "secret").update(username).digest("base64"));
    expect(turnCredentials("", "", new Date(0)).password).to.match(/^[A-Za-z0-9+/]{27}=$/);
  });

  it("count for 6 to 12 hours when they are given out, and are the same until 6 are left", () => {
    fc.assert(
      fc.property(ids, moments, (id, now) => {
        const given = turnCredentials("secret", id, now);
        const leftMs = given.expires * 1000 - now.getTime();
        expect(leftMs)
          .to.be.greaterThan(6 * hour)
          .and.at.most(12 * hour);
        const last = new Date(given.expires * 1000 - 6 * hour - 1);
        expect(turnCredentials("secret", id, last)).to.deep.equal(given);
        expect(turnCredentials("secret", id, new Date(last.getTime() + 1)).expires).to.equal(given.expires + 6 * 3600);
      }),
    );
  });

  it("of 1,000 desktops are renewed at 1,000 different times, more or less", () => {
    const at = new Date("2026-01-01");
    const ends = Array.from({ length: 1_000 }, (_, index) => turnCredentials("secret", `desktop-${index}`, at).expires);
    expect(new Set(ends).size).to.be.greaterThan(950);
  });
});

describe("the renewal of TURN credentials", () => {
  it("is not due for what was just given out, and is at the time that it says", () => {
    fc.assert(
      fc.property(ids, moments, (id, now) => {
        const { expires } = turnCredentials("secret", id, now);
        const planned = rotation(String(expires), now);
        if (planned.isDue) throw new Error("due at once");
        expect(rotation(String(expires), new Date(planned.next.getTime() - 1)).isDue).to.equal(false);
        expect(rotation(String(expires), planned.next).isDue).to.equal(true);
        expect(turnCredentials("secret", id, planned.next).expires).to.be.greaterThan(expires);
      }),
    );
  });

  it("is due when nothing is known, when they have ended, and when they end later than any do", () => {
    const now = new Date("2026-01-01");
    for (const expires of [undefined, "", "soon", "0", "-1", "1e99", String(now.getTime() / 1000 + 13 * 3600)])
      expect(rotation(expires, now), expires).to.deep.equal({ isDue: true });
  });
});
