import { expect } from "chai";
import { startVerdict } from "../../../analyzers/containers/container-start.ts";
import { imageRefusal } from "../../../analyzers/containers/image-needs.ts";

/** Where an image is set is a field of a template, or the image of a workload: sentences fit both. */
describe("what is to be done about an image", () => {
  const role = { text: "Container api", where: "the image of Deployment kasm/api", node: "k3s-1" };

  for (const [what, remedy, sentence] of [
    [
      "that runs as root",
      startVerdict("CreateContainerConfigError", "container has runAsNonRoot and image will run as root", role)?.remedy,
      "Change the image of Deployment kasm/api to one that runs as another user, or use a less strict securityProfile.",
    ],
    [
      "whose program is for another processor",
      startVerdict("StartError", "exec format error", role)?.remedy,
      "Change the image of Deployment kasm/api to one for the architecture of k3s-1; a script lacks its first line (#!/bin/sh).",
    ],
    [
      "that lacks a command",
      startVerdict("StartError", 'exec: "/usr/bin/api": executable file not found', role)?.remedy,
      "Correct the command, or change the image of Deployment kasm/api to one that has it.",
    ],
    [
      "whose program ended for another processor",
      imageRefusal("exec /start.sh: exec format error", role)?.remedy,
      "Change the image of Deployment kasm/api to one for the architecture of its node.",
    ],
  ] as const)
    it(`${what} is a sentence`, () => expect(remedy).to.equal(sentence));
});
