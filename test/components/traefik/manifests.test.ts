import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parse, parseAllDocuments } from "yaml";
import {
  helmChartConfig,
  traefikArguments,
  traefikPods,
  traefikPolicy,
  traefikValues,
} from "../../../components/traefik/manifests.ts";
import { traefikCrds } from "../../../lab/k3s/packaged-components/traefik-crds.ts";

const chartFile = (name: string) =>
  readFileSync(new URL(`../../../lab/charts/traefik/${name}`, import.meta.url), "utf8");

describe("Traefik's configuration", () => {
  it("redirects to the port that browsers see, not to the one inside the pod", () => {
    expect(traefikArguments).to.include("--entryPoints.web.http.redirections.entryPoint.to=:443");
  });

  it("gives every request an end that whoever sends slowly meets, and uploads time", () => {
    const seconds = (entryPoint: string) => {
      const prefix = `--entryPoints.${entryPoint}.transport.respondingTimeouts.readTimeout=`;
      return parseInt(traefikArguments.find((it) => it.startsWith(prefix))?.slice(prefix.length) ?? "0");
    };
    expect([seconds("web"), seconds("websecure")]).to.deep.equal([60, 600]);
  });

  it("sets for K3s's chart nothing but arguments, which every chart generation knows", () => {
    expect(parse(helmChartConfig("abort").spec.valuesContent)).to.deep.equal({
      additionalArguments: [...traefikArguments],
    });
  });

  it("always says its failure policy: the CRD's default would delete the CRDs when an upgrade fails", () => {
    for (const policy of ["abort", "retry"] as const)
      expect(helmChartConfig(policy).spec.failurePolicy).to.equal(policy);
  });

  it("takes the image from the mirror under the path that it has at Docker Hub", () => {
    expect(traefikValues({ mirror: "registry.example.com/mirror" }).image).to.deep.equal({
      registry: "registry.example.com",
      repository: "mirror/library/traefik",
    });
    expect(traefikValues({})).not.to.have.property("image");
  });

  it("opens the two entry points, for the pods that the chart labels", () => {
    const { spec } = traefikPolicy("edge", {});
    expect(spec.podSelector.matchLabels).to.deep.equal(traefikPods("edge"));
    expect(traefikPods("edge")["app.kubernetes.io/instance"]).to.equal("traefik-edge");
    expect(spec.ingress.flatMap(({ ports }) => ports.map(({ port }) => port))).to.deep.equal(["web", "websecure"]);
  });
});

describe("the stand-in chart of Traefik", () => {
  it("brings the same kinds as K3s's release traefik-crd, without its marks", () => {
    const chart = parseAllDocuments(chartFile("crds/traefik.io.yaml")).map((document) => document.toJS() as object);
    expect(chart).to.deep.equal(
      traefikCrds().map(({ apiVersion, kind, metadata, spec }) => ({
        apiVersion,
        kind,
        metadata: { name: metadata?.name },
        spec,
      })),
    );
  });

  it("refuses the same unknown keys at the top as the real one, which knows these", () => {
    const { properties, additionalProperties } = JSON.parse(chartFile("values.schema.json")) as {
      properties: object;
      additionalProperties: boolean;
    };
    expect(additionalProperties).to.equal(false);
    expect(Object.keys(properties)).to.have.members(Object.keys(parse(chartFile("values.yaml")) as object));
  });
});
