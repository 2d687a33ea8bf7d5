import { expect } from "chai";
import { chartRefusal, kasmVersion } from "../../../components/kasm-workspaces/chart.ts";

describe("kasmVersion", () => {
  it("reads Kasm's version from the chart's", () => {
    expect(["1.1190.6", "1.1181.0", "1.1200.0"].map(kasmVersion)).to.deep.equal(["1.19.0", "1.18.1", "1.20.0"]);
  });

  it("takes a version of another form for itself, so that every change counts", () => {
    expect(["2.0.0", "1.1200.0-develop"].map(kasmVersion)).to.deep.equal(["2.0.0", "1.1200.0-develop"]);
  });
});

describe("chartRefusal", () => {
  it("lets the line 1.1190 pass from the patch on that takes our Secret", () => {
    for (const version of ["1.1190.5", "1.1190.6", "1.1190.7", "1.1190.12", "1.1190.6-rc1"])
      expect(chartRefusal(version), version).to.equal(undefined);
  });

  it("refuses lines whose keys it does not know, the one that merges the gateways first of all", () => {
    expect(chartRefusal("1.1200.0")).to.equal(
      "kasm-helm 1.1200.0 belongs to a chart line whose value keys this program does not know; this program knows 1.1190.5 and later patches of 1.1190.",
    );
    for (const version of ["1.1181.0", "1.1191.0", "1.1200.0-develop", "v1.1190.6", "1.16.0", "2.0.0"])
      expect(chartRefusal(version), version).to.be.a("string");
  });

  it("refuses patches that would make passwords of their own over ours", () => {
    for (const version of ["1.1190.0", "1.1190.4"])
      expect(chartRefusal(version)).to.match(/cannot take its passwords from our Secret/);
  });
});
