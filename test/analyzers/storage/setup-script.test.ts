import { expect } from "chai";
import fc from "fast-check";
import { directoryMode } from "../../../analyzers/storage/setup-script.ts";

// As K3s has written it since July 2021.
const k3s = '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "${VOL_DIR}"\nchmod 700 "${VOL_DIR}/.."\n';
// As local-path-provisioner did before v0.0.21.
const getopts = `#!/bin/sh
while getopts "m:s:p:" opt
do
    case $opt in
        p)
        absolutePath=$OPTARG
        ;;
        s)
        sizeInBytes=$OPTARG
        ;;
    esac
done
mkdir -m 0777 -p \${absolutePath}
`;

const understood: [string, string][] = [
  [k3s, "0777"],
  [k3s.replace('"${VOL_DIR}/.."', '"${VOL_DIR}"/..'), "0777"],
  [getopts, "0777"],
  ['mkdir -p "${VOL_DIR}"', "0755"],
  ['mkdir -p -m 700 "${VOL_DIR}"', "0700"],
  ['mkdir -pm 0777 "$VOL_DIR"', "0777"],
  ['mkdir -m0770 -p "$VOL_DIR"', "0770"],
  ['mkdir --mode=0777 --parents "$VOL_DIR"', "0777"],
  ['mkdir --parents --mode 777 -- "$VOL_DIR/"', "0777"],
  ["mkdir -p -m a=rwx $VOL_DIR", "0777"],
  ['mkdir -p "$VOL_DIR"\nchmod 777 "$VOL_DIR"', "0777"],
  ['mkdir -p "$VOL_DIR" && chmod -R 0777 "$VOL_DIR"', "0777"],
  ['mkdir -p "$VOL_DIR"; chmod a+rwx "$VOL_DIR"', "0777"],
  ['mkdir -p "$VOL_DIR"\nchmod ugo+rwx "$VOL_DIR"', "0777"],
  ['mkdir -p "$VOL_DIR"\nchmod g+w,o=rwx "$VOL_DIR"', "0777"],
  ['mkdir -p "$VOL_DIR"\nchmod +w "$VOL_DIR"', "0755"],
  ['mkdir -p "$VOL_DIR"\nchmod o-rx "$VOL_DIR"', "0750"],
  ['mkdir -p "$VOL_DIR"\nchmod 1777 "$VOL_DIR"', "1777"],
  ['umask 0000\nmkdir -p "$VOL_DIR"', "0777"],
  ['umask 0; mkdir -p "$VOL_DIR"', "0777"],
  ['umask 077\nmkdir -p "$VOL_DIR"', "0700"],
  ['umask u=rwx,g=rwx,o=rwx\nmkdir -p "$VOL_DIR"', "0777"],
  ['(umask 0 && mkdir -p "$VOL_DIR")', "0777"],
  ['(umask 0; mkdir -p "$VOL_DIR/..")\nmkdir "$VOL_DIR"', "0755"],
  ['install -d -m 0777 "$VOL_DIR"', "0777"],
  ['install -dm 777 -o 1000 "$VOL_DIR"', "0777"],
  ['umask 0\ninstall -d "$VOL_DIR"', "0755"],
  ['/usr/bin/install --directory --mode=2775 -o 1000 "$VOL_DIR"', "2775"],
  ['if [ ! -d "$VOL_DIR" ]; then mkdir -m 0777 -p "$VOL_DIR"; fi', "0777"],
  ['# chmod 700 "$VOL_DIR"\nmkdir -m 0777 "$VOL_DIR" # chmod 0700 "$VOL_DIR"', "0777"],
  ['mkdir -m 0777 -p \\\n  "$VOL_DIR"\nchown 1000:1000 "$VOL_DIR"', "0777"],
];

const notUnderstood = [
  "",
  'btrfs subvolume create "$VOL_DIR"',
  'mkdir -p "$VOL_DIR"\nsetfacl -m o::rwx "$VOL_DIR"',
  'mkdir -p "$VOL_DIR"\nchmod $MODE "$VOL_DIR"',
  'mkdir -m "$MODE" -p "$VOL_DIR"',
  'if [ -n "$OPEN" ]; then mkdir -m 0777 "$VOL_DIR"; else mkdir -m 0700 "$VOL_DIR"; fi',
  'sh -c "mkdir -m 0777 $VOL_DIR"',
  'for d in a b; do chmod 777 "$VOL_DIR"; done',
];

describe("the setup script of local-path", () => {
  for (const [script, mode] of understood)
    it(`makes directories ${mode} by ${JSON.stringify(script)}`, () => {
      expect(directoryMode(script)).to.equal(mode);
    });

  for (const script of notUnderstood)
    it(`is not understood as ${JSON.stringify(script)}`, () => {
      expect(directoryMode(script)).to.equal(undefined);
    });

  it("is always answered, in four octal digits or not at all", () => {
    const words = fc.constantFrom(
      ..."mkdir chmod install umask -m -d -p --mode= 0777 a+rwx $VOL_DIR ( ) ; if else fi \n".split(" "),
      "\n",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string())), (script) => {
        expect(directoryMode(script.join(" ")) ?? "0000").to.match(/^[0-7]{4}$/);
      }),
    );
  });
});
