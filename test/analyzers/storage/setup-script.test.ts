import { expect } from "chai";
import { directoryMode } from "../../../analyzers/storage/setup-script.ts";

// Spellings that are seen in public ConfigMaps.
const scripts: readonly [script: string, mode: string | undefined][] = [
  ['mkdir -m 0777 -p "${VOL_DIR}"\nchmod 700 "${VOL_DIR}/.."', "0777"],
  ['mkdir -pm 777 "$VOL_DIR"', "0777"],
  ['mkdir --parents --mode=0770 "$VOL_DIR"', "0770"],
  ['mkdir --mode 0777 -p "$VOL_DIR"', "0777"],
  ['umask 000\nmkdir -p "$VOL_DIR"', "0777"],
  ['umask 0 && mkdir -p "$VOL_DIR"', "0777"],
  ['umask 0077; mkdir -p "$VOL_DIR"', "0700"],
  ['install -d -m 0777 "$VOL_DIR"', "0777"],
  ['install -dm 0777 "$VOL_DIR"', "0777"],
  ['/usr/bin/install --directory --mode=2775 -o 1000 "$VOL_DIR"', "2775"],
  ['mkdir -p "$VOL_DIR"\nchmod a+rwx "$VOL_DIR"', "0777"],
  ['mkdir -p "$VOL_DIR" && chmod -R 0777 "$VOL_DIR" || true', "0777"],
  ['mkdir -m u=rwx,go=rx -p "$VOL_DIR"', "0755"],
  ['mkdir -m 0777 -p "$VOL_DIR"\nchmod o-w "$VOL_DIR"', "0775"],
  ['# mkdir -m 0700 "$VOL_DIR"\nif [ ! -d "$VOL_DIR" ]; then mkdir -m 0777 "$VOL_DIR"; fi', "0777"],
  ['mkdir -p "$VOL_DIR"\nchmod "$MODE" "$VOL_DIR"', undefined],
  ["/opt/make-volume", undefined],
  ["", undefined],
];

describe("the mode by a setup script of local-path", () => {
  for (const [script, mode] of scripts)
    it(`${JSON.stringify(script)} is ${mode ?? "not understood"}`, () => {
      expect(directoryMode(script)).to.equal(mode);
    });
});
