import type { GoModule } from "./tool.ts";

/**
 * The go.mod of a module of ours that requires `module`, so that `go build` compiles its programs.
 *
 * `go install path@version` refuses modules with replace directives, and replace directives of a dependency are ignored.
 * So they are carried over: a replacement by a published version as it is; a replacement by a folder of the module's own
 * repository becomes the published sibling where the module asks for `v0.0.0`, and is dropped elsewhere, because then the
 * module asks for a published version anyway.
 *
 * Go's version selection makes the result reproducible: every version follows from the go.mod of `module`.
 *
 * @param upstream the module's own go.mod
 * @throws {Error} when it asks for siblings at `v0.0.0` and `module.siblingVersion` does not say which version that is
 */
export function wrapperGoMod(upstream: string, module: GoModule): string {
  const replacements = [...publishedReplacements(upstream), ...siblingReplacements(upstream, module)];
  return [
    `module kasm-vdi.lab/${module.id}`,
    `go ${goVersion(upstream)}`,
    `require ${module.path} ${module.version}`,
    ...(replacements.length === 0 ? [] : [`replace (\n${replacements.map((line) => `\t${line}\n`).join("")})`]),
  ]
    .map((block) => `${block}\n`)
    .join("\n");
}

function goVersion(goMod: string): string {
  return /^go (\S+)/m.exec(goMod)?.[1] ?? "1.21";
}

function publishedReplacements(goMod: string): string[] {
  return directives(goMod, "replace").filter((line) => {
    const target = line.split("=>")[1]?.trim() ?? "";
    return target !== "" && !target.startsWith(".") && !target.startsWith("/");
  });
}

function siblingReplacements(goMod: string, module: GoModule): string[] {
  return directives(goMod, "require")
    .map((line) => /^(\S+) v0\.0\.0$/.exec(line)?.[1])
    .filter((path) => path !== undefined)
    .map((path) => {
      if (module.siblingVersion === undefined)
        throw new Error(
          `${module.path} ${module.version} requires ${path} v0.0.0, which was never published: the tool table must name its siblings' version.`,
        );
      return `${path} v0.0.0 => ${path} ${module.siblingVersion}`;
    });
}

/** The lines of a directive, from its blocks and its single-line form, without comments. */
function directives(goMod: string, name: "replace" | "require"): string[] {
  const lines: string[] = [];
  let inBlock = false;
  for (const raw of goMod.split("\n")) {
    const line = raw.replace(/\/\/.*$/, "").trim();
    if (inBlock) {
      if (line === ")") inBlock = false;
      else if (line !== "") lines.push(line);
    } else if (line === `${name} (`) inBlock = true;
    else if (line.startsWith(`${name} `)) lines.push(line.slice(name.length + 1).trim());
  }
  return lines;
}
