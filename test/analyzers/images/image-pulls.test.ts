import { expect } from "chai";
import { Cluster } from "../../../analyzers/cluster.ts";
import { imagePulls } from "../../../analyzers/images/image-pulls.ts";
import { pullVerdict } from "../../../analyzers/images/images.ts";
import { quotedPull } from "../../../analyzers/images/pull-words.ts";
import { allCases, snapshotOf } from "../../cases/case.ts";

const image = "docker.io/kasmweb/api:1.18.1";
const lead = `Back-off pulling image "${image}": ErrImagePull: failed to pull and unpack image "${image}": failed to resolve reference "${image}": `;
const ask = 'failed to do request: Head "https://registry-1.docker.io/v2/kasmweb/api/manifests/1.18.1": ';

function verdictOf(cause: string, where = "spec.image of VDITemplate desk") {
  const state = { waiting: { reason: "ImagePullBackOff", message: `${lead}${cause}` } };
  return pullVerdict({ name: "desktop", image, ready: false, restartCount: 0, state }, [], where);
}

describe("what is quoted of a failed pull", () => {
  for (const cause of [
    `${ask}dial tcp 54.1.2.3:443: connect: no route to host`,
    `${ask}tls: failed to verify certificate: x509: certificate signed by unknown authority`,
  ])
    it(`is ${cause}, without the image's name three times over`, () =>
      expect(quotedPull(`${lead}${cause}`)).to.equal(cause));

  it("is all of it where nothing follows the image's name", () =>
    expect(quotedPull(`Back-off pulling image "${image}"`)).to.equal(`Back-off pulling image "${image}"`));

  it("is its end where it is too long", () => {
    const words = quotedPull(`${ask.replace("api", "é/".repeat(200))}connect: no route to host`);
    expect(words).to.match(/^\.\.\..*: connect: no route to host$/);
    expect(Buffer.byteLength(words)).to.be.at.most(300);
    expect(words).not.to.include("\ufffd");
  });

  it("holds no secret that was cut off before its value", () => {
    const secret = "hunter2".repeat(60);
    expect(quotedPull(`password: ${secret}`)).not.to.include("hunter2");
  });
});

describe("a registry that the node cannot look up", () => {
  for (const cause of [
    "dial tcp: lookup registry-1.docker.io on 10.0.0.2:53: read udp 10.0.0.5:40000->10.0.0.2:53: i/o timeout",
    "dial tcp: lookup registry-1.docker.io: Try again",
    "dial tcp: lookup registry-1.docker.io on [::1]:53: read udp [::1]:4->[::1]:53: read: connection refused",
  ])
    it(`is a matter of the node's DNS: ${cause}`, () => {
      const told = verdictOf(`${ask}${cause}`);
      expect(told?.code).to.equal("RegistryHostUnknown");
      expect(told?.problem).to.equal(
        `Image ${image} cannot be pulled: the node's DNS does not answer when it is asked for registry-1.docker.io.`,
      );
      expect(told?.remedy).to.include("/etc/resolv.conf");
    });

  it("is one that does not answer where it was looked up", () =>
    expect(verdictOf(`${ask}dial tcp 54.1.2.3:443: i/o timeout`)?.code).to.equal("RegistryUnreachable"));
});

describe("a registry's certificate that the node does not take", () => {
  const x509 = `${ask}tls: failed to verify certificate: x509: certificate `;
  const time = `${x509}has expired or is not yet valid: current time `;

  for (const [what, cause, why, remedy] of [
    [
      "is not valid yet by a clock that is behind",
      `${time}2020-01-01T00:00:10Z is before 2026-01-01T00:00:00Z`,
      "by the clock of the node, the certificate of docker.io is not valid before 2026-01-01T00:00:00Z",
      "timedatectl",
    ],
    [
      "has expired",
      `${time}2026-11-29T09:10:00Z is after 2026-11-01T00:00:00Z`,
      "the certificate of docker.io has expired (valid until 2026-11-01T00:00:00Z)",
      "Renew",
    ],
    [
      "is for another name",
      `${x509}is valid for ingress.local, *.lab.local, not registry-1.docker.io`,
      "the certificate at registry-1.docker.io is for another name: ingress.local, *.lab.local",
      "Name the registry as its certificate does",
    ],
    [
      "is signed by nobody it knows",
      `${x509}signed by unknown authority`,
      "the node does not trust the certificate of docker.io",
      "registries.yaml",
    ],
  ] as const)
    it(what, () => {
      const told = verdictOf(cause);
      expect(told?.code).to.equal("RegistryCertificateUntrusted");
      expect(told?.problem).to.equal(`Image ${image} cannot be pulled: ${why}.`);
      expect(told?.remedy).to.include(remedy);
    });
});

it("an image for another processor is to be changed where it is set, whatever sets it", () => {
  const remedies = ["spec.image of VDITemplate desk", "the image of Deployment kasm/api"].map(
    (where) => verdictOf("no match for platform in manifest: not found", where)?.remedy,
  );
  expect(remedies).to.deep.equal([
    "Change spec.image of VDITemplate desk to one that is built for it, or keep the pod off such nodes.",
    "Change the image of Deployment kasm/api to one that is built for it, or keep the pod off such nodes.",
  ]);
});

describe("a pull that the registry refuses", () => {
  const snapshot = snapshotOf(allCases().find(({ name }) => name === "images/pull-secret-missing")!);

  it("is told with the Secret of the pod that does not exist, and how to make it", () => {
    const [found] = imagePulls.analyze(new Cluster(snapshot)).findings;
    expect(found?.problem).to.match(/ Secret kasm-vdi\/regcred, which the pod is to pull with, does not exist\.$/);
    expect(found?.evidence.map(({ field }) => field)).to.include("spec.imagePullSecrets");
    expect(found?.fix.map(({ command }) => command)).to.deep.equal([
      "kubectl create secret docker-registry regcred --namespace kasm-vdi --from-file=.dockerconfigjson=config.json",
    ]);
  });

  it("says nothing of Secrets that could not be read", () => {
    const objects = { ...snapshot.objects, Secret: { unseen: "forbidden" } };
    const [found] = imagePulls.analyze(new Cluster({ ...snapshot, objects })).findings;
    expect(found?.problem).not.to.include("regcred");
    expect(found?.fix[0]?.text).to.include("registry.pullSecretName");
  });
});
