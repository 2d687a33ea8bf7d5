import { expect } from "chai";
import { cidr, pinnedImage } from "../../stacks/config.shapes.ts";

const digest = `@sha256:${"0".repeat(64)}`;

describe("an image of the config", () => {
  for (const image of ["node:24", "coturn/coturn:4.17.0", "r.example.com:5000/a/b:1", `a${digest}`, `a:1${digest}`])
    it(`may be ${image}`, () => {
      expect(pinnedImage.safeParse(image).success).to.equal(true);
    });

  for (const image of ["node", "r.example.com:5000/a/b", "node:latest", `node:latest${digest}`, "a:1-develop", "a b:1"])
    it(`may not be ${image}`, () => {
      expect(pinnedImage.safeParse(image).success).to.equal(false);
    });
});

describe("an address range of the config", () => {
  for (const [range, isRight] of [
    ["10.42.0.0/16", true],
    ["fd00::/8", true],
    ["10.42.0.0", false],
    ["10.42.0.0/33", false],
    ["10.42.0.0/", false],
    ["10.42.0.0/16/2", false],
  ] as const)
    it(`${isRight ? "may be" : "may not be"} ${range}`, () => {
      expect(cidr.safeParse(range).success).to.equal(isRight);
    });
});
