import { expect } from "chai";
import { sessionStatus, statusChanged } from "../../../operator/status/session-status.ts";
import { expectReady, readyTable } from "./ready.ts";
import { ago, container, now, podWith, session, settings, view } from "./views.ts";

const image = "registry.example.com/desktops/ubuntu:24.04";
const resolve = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": `;

const pulling = (message: string, reason = "ImagePullBackOff") =>
  view({ pod: podWith([container({ state: { waiting: { reason, message } } })]) });
const backOff = (cause: string) => pulling(`Back-off pulling image "${image}": ErrImagePull: ${resolve}${cause}`);

describe("why an image does not come", () => {
  readyTable({
    "it is not there": [
      backOff(`${image}: not found`),
      ["ImageNotFound", `Image ${image} `, "registry.example.com does not have it"],
    ],
    "the registry asks for a sign-in": [
      backOff("unexpected status from HEAD request to https://registry.example.com/v2/: 401 Unauthorized"),
      ["ImageNotAuthorized", "registry.example.com asks for a sign-in", "registry.pullSecretName"],
    ],
    "the registry hides whether it is there": [
      backOff(
        "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
      ),
      ["ImageNotAuthorized", "hides that it does not exist"],
    ],
    "nobody knows the registry's name": [
      backOff("failed to do request: Head: dial tcp: lookup registry.example.com on 10.43.0.10:53: no such host"),
      ["RegistryHostUnknown", "the node's DNS does not resolve registry.example.com"],
    ],
    "the registry does not answer": [
      backOff('failed to do request: Head "https://registry.example.com/v2/": dial tcp 203.0.113.5:443: i/o timeout'),
      ["RegistryUnreachable", "does not answer the node"],
    ],
    "the registry's certificate is not trusted": [
      backOff(
        "failed to do request: Head: tls: failed to verify certificate: x509: certificate signed by unknown authority",
      ),
      ["RegistryCertificateUntrusted", "certificate of registry.example.com"],
    ],
    "Docker Hub has had enough": [
      pulling("toomanyrequests: You have reached your pull rate limit"),
      ["ImageRateLimited", "too many pulls"],
    ],
    "it is for another processor": [
      backOff("no match for platform in manifest: not found"),
      ["ImagePlatformMissing", "kind of processor"],
    ],
    "the node's disk is full": [
      pulling(`failed to extract layer: write /var/lib: no space left on device`, "ErrImagePull"),
      ["NodeDiskFull", "disk is full"],
    ],
    "its name is none": [
      pulling('couldn\'t parse image name "a b": invalid reference format', "InvalidImageName"),
      ["ImageNameInvalid", "no name of an image"],
    ],
    "the registry speaks HTTP": [
      backOff("failed to do request: Head: http: server gave HTTP response to HTTPS client"),
      ["RegistryPlainHttp", "registries.yaml"],
    ],
    "the proxy of the node wants a sign-in": [
      backOff("failed to do request: Head: proxyconnect tcp: 407 Proxy Authentication Required"),
      ["RegistryProxyDenied", "HTTPS_PROXY", "k3s.service.env"],
    ],
    "it fails its verification": [
      pulling("image signature could not be verified", "SignatureValidationFailed"),
      ["ImageVerificationFailed", "verification"],
    ],
    "the registry fails": [
      backOff("unexpected status from HEAD request to https://registry.example.com/v2/: 500 Internal Server Error"),
      ["RegistryUnreachable", "answers with an error of its own"],
    ],
    "nobody says": [
      pulling(`Back-off pulling image "${image}"`),
      ["ImagePullFailed", "does not say why", "k3s crictl pull"],
    ],
  });

  it("is taken from events where the kubelet's status does not tell", () => {
    const event = {
      type: "Warning",
      reason: "Failed",
      message: `Failed to pull image "${image}": ${resolve}not found`,
      lastTime: ago(5),
    } as const;
    expectReady({ ...pulling(`Back-off pulling image "${image}"`), events: [event] }, [
      "ImageNotFound",
      "does not have it",
    ]);
  });

  it("is that of the last try", () => {
    const before = {
      type: "Warning",
      reason: "Failed",
      message: "Failed to pull image: no such host",
      lastTime: ago(60),
    } as const;
    expectReady({ ...backOff("not found"), events: [before] }, ["ImageNotFound", "does not have it"]);
  });

  it("stands while failed tries and pauses alternate", () => {
    const before = sessionStatus(pulling(`${resolve}not found`, "ErrImagePull"), settings, now);
    for (const again of [backOff("not found"), pulling(`Back-off pulling image "${image}"`)]) {
      const status = sessionStatus({ ...again, session: session({ status: before }) }, settings, now);
      expect(statusChanged(before, status)).to.equal(false);
    }
  });

  it("is not looked for while the image is being pulled", () => {
    const starting = view({ pod: podWith([container({ state: { waiting: { reason: "ContainerCreating" } } })]) });
    const event = { type: "Normal", reason: "Pulling", message: `Pulling image "${image}"`, lastTime: ago(5) } as const;
    expectReady({ ...starting, events: [event] }, ["PullingImage", `Image ${image} is being pulled to gpu-1`]);
    const pulled = { ...event, reason: "Pulled", message: "Successfully pulled image in 5s" };
    expectReady({ ...starting, events: [event, pulled] }, ["Starting"]);
    const running = view({ pod: podWith([container({ state: { running: { startedAt: ago(1) } } })]) });
    expectReady({ ...running, events: [event] }, ["Starting"]);
  });
});
