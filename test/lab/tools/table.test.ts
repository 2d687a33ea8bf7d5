import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { tools } from "../../../lab/tools/table.ts";
import type { Platform } from "../../../lab/tools/platform.ts";

const platforms: Platform[] = (["linux", "darwin"] as const).flatMap((os) =>
  (["amd64", "arm64"] as const).map((arch) => ({ os, arch })),
);

describe("the table of tools", () => {
  for (const [name, tool] of Object.entries(tools)) {
    it(`can build ${name} and everything that must lie beside it`, () => {
      expect(tool.name).to.equal(name);
      expect(tool.programs.map(({ file }) => file)).to.deep.equal([name, ...tool.companions]);
    });

    it(`holds every release of ${name} against a checksum, over TLS`, () => {
      for (const platform of platforms) {
        const download = tool.download(platform);
        if (download === undefined) continue;
        expect(download.url)
          .to.match(/^https:/)
          .and.to.include(tool.version);
        if ("pinnedSha256" in download.checksum) expect(download.checksum.pinnedSha256).to.match(/^[0-9a-f]{64}$/);
        else
          expect(download.checksum.officialFile)
            .to.match(/^https:/)
            .and.to.include(tool.version);
      }
    });
  }

  // But for the kubernetes plugin, whose release has no tag among the modules.
  for (const { name, version, programs } of Object.values(tools).filter(({ name }) => !name.startsWith("pulumi-")))
    it(`builds ${name} from a module that requires version ${version}, and from nothing that is not pinned`, () => {
      const { folder } = programs[0]!.module;
      expect(readFileSync(join(folder, "go.mod"), "utf8")).to.match(
        new RegExp(`^\\t?(require )?\\S+ v${version}$`, "m"),
      );
      expect(readFileSync(join(folder, "go.sum"), "utf8")).to.match(new RegExp(`^\\S+ v${version} h1:`, "m"));
    });

  it("reads the version from what each program really prints", () => {
    const printed: Record<keyof typeof tools, string> = {
      pulumi: "v3.276.0\n",
      "pulumi-resource-kubernetes": "4.25.0\n",
      helm: "v3.20.2+g8fb76d6\n",
      kubectl: "Client Version: v1.35.4\nKustomize Version: v5.7.1\n",
      "kube-apiserver": "Kubernetes v1.35.4\n",
      "kube-controller-manager": "Kubernetes v1.35.4\n",
      "kube-scheduler": "Kubernetes v1.35.4\n",
      etcd: "etcd Version: 3.6.5\nGit SHA: Not provided (use ./build instead of go build)\n",
      kwok: "kwok version v0.8.0 go1.26.8 (linux/amd64)\n",
      traefik: "Version:      v3.6.12\nCodename:     cheddar\nGo version:   go1.26.8\n",
      actionlint: "1.7.12\ninstalled by building from source\nbuilt with go1.26.8 compiler for linux/amd64\n",
    };
    for (const tool of Object.values(tools))
      expect(tool.asks.answer.exec(printed[tool.name as keyof typeof tools])?.[1]).to.equal(tool.version);
  });
});
