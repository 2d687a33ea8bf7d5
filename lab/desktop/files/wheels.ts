/* eslint max-lines: off -- a list */

export type WheelFile = readonly [file: string, sha256: string];

/** By `name version`: the file for each kind of machine, and its SHA-256 as PyPI lists it. */
export const wheels: Readonly<Record<string, { any: WheelFile } | { amd64: WheelFile; arm64: WheelFile }>> = {
  "aiofiles 25.1.0": {
    any: ["aiofiles-25.1.0-py3-none-any.whl", "abe311e527c862958650f9438e859c1fa7568a141b22abcd015e120e86a85695"],
  },
  "aiohappyeyeballs 2.7.1": {
    any: [
      "aiohappyeyeballs-2.7.1-py3-none-any.whl",
      "9243213661e29250eb41368e5daa826fc017156c3b8a11440826b2e3ed376472",
    ],
  },
  "aiohttp 3.14.5": {
    amd64: [
      "aiohttp-3.14.5-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl",
      "50a195903119008fe9cc68710535eb37f556ffffd6a7759afe70a2c145587045",
    ],
    arm64: [
      "aiohttp-3.14.5-cp311-cp311-manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_28_aarch64.whl",
      "32e8fa6644e541fcd7e02430588c7fc93b602c1778ea0bc345505db76b61cfb4",
    ],
  },
  "aiosignal 1.4.0": {
    any: ["aiosignal-1.4.0-py3-none-any.whl", "053243f8b92b990551949e63930a839ff0cf0b0ebbe0597b0f3fb19e1a0fe82e"],
  },
  "attrs 26.1.0": {
    any: ["attrs-26.1.0-py3-none-any.whl", "c647aa4a12dfbad9333ca4e71fe62ddc36f4e63b2d260a37a8b83d2f043ac309"],
  },
  "cffi 2.1.1": {
    amd64: [
      "cffi-2.1.1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
      "34e261f78cb6ceaaa36f42f2613f4380d94d9c759a9c73c769ee6e0247364632",
    ],
    arm64: [
      "cffi-2.1.1-cp311-cp311-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
      "3311ed60d36f83378794e1009ac6258bafbf81f7888b4caa7b35a521e3f95813",
    ],
  },
  "cryptography 50.0.2": {
    amd64: [
      "cryptography-50.0.2-cp311-abi3-manylinux_2_28_x86_64.whl",
      "4061c0079120205fb760c58acab6443e217307dcf05e3702cf970e0689972856",
    ],
    arm64: [
      "cryptography-50.0.2-cp311-abi3-manylinux_2_28_aarch64.whl",
      "f9f6143a8c75945eb960d9eb98905a441394abfa24afaae239d514ffb2586480",
    ],
  },
  "dnspython 2.9.2": {
    any: ["dnspython-2.9.2-py3-none-any.whl", "af15f7d385a6ae2fb35a796fde2138004c8c42c7389090e2addc83e3b3340fd8"],
  },
  "frozenlist 1.8.0": {
    amd64: [
      "frozenlist-1.8.0-cp311-cp311-manylinux1_x86_64.manylinux_2_28_x86_64.manylinux_2_5_x86_64.whl",
      "2552f44204b744fba866e573be4c1f9048d6a324dfe14475103fd51613eb1d1f",
    ],
    arm64: [
      "frozenlist-1.8.0-cp311-cp311-manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_28_aarch64.whl",
      "957e7c38f250991e48a9a73e6423db1bb9dd14e722a10f6b8bb8e16a0f55f695",
    ],
  },
  "google-crc32c 1.9.0": {
    amd64: [
      "google_crc32c-1.9.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
      "86764b99e7a607830d93cb5b75e0ec3ff6cb06d3c274624418473cee701900d4",
    ],
    arm64: [
      "google_crc32c-1.9.0-cp311-cp311-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
      "fbef61a3794e011c65fb4396a196cf123a7f474fe5a443db8e5dd7d751b9e6d4",
    ],
  },
  "idna 3.20": {
    any: ["idna-3.20-py3-none-any.whl", "ab7ae7122974553370f0bdb919e1a960b2cd1bc1ef0276416d896db81c14582c"],
  },
  "msgpack 1.2.4": {
    amd64: [
      "msgpack-1.2.4-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl",
      "a45ceb5f199d5e388f28b550ba881096a3740d4bda10e661d77f59d9a2e8187a",
    ],
    arm64: [
      "msgpack-1.2.4-cp311-cp311-manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_28_aarch64.whl",
      "0c75cfda0d3ccb1f6abc20e0608ad6b226e11f317b5ac297721504d2509e2bd9",
    ],
  },
  "multidict 7.2.1": {
    amd64: [
      "multidict-7.2.1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl",
      "3b7542fad2706595c1b1853b46f2c3c4ae5cc5a6252b7225f294d607a29e1bdf",
    ],
    arm64: [
      "multidict-7.2.1-cp311-cp311-manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_28_aarch64.whl",
      "295a15ccb8cfde9351dd6062b80af4e839460636b3c46813b4aa443905ded86a",
    ],
  },
  "nvidia-ml-py 13.615.71": {
    any: [
      "nvidia_ml_py-13.615.71-py3-none-any.whl",
      "959bf4adf6fe1308e4bd739e722236b0d1ec8392e2cefad33ff70c311380b9b6",
    ],
  },
  "pcmflux 2.2.0": {
    amd64: [
      "pcmflux-2.2.0-cp311-cp311-manylinux_2_28_x86_64.whl",
      "769bf547af6c747d40387d37c020f02124a9d7e2c72b9fecad5720b6004cf1cb",
    ],
    arm64: [
      "pcmflux-2.2.0-cp311-cp311-manylinux_2_28_aarch64.whl",
      "6ec4a5420b7aa3b37b22e194b29c8c42d71a97984b990059c7fac4081eddeddc",
    ],
  },
  "pillow 13.0.0": {
    amd64: [
      "pillow-13.0.0-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
      "a625df9a2a5597fa5e5266e01aefc82604bb85d291e3547981e863560d75da6c",
    ],
    arm64: [
      "pillow-13.0.0-cp311-cp311-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl",
      "7c88c10dd432f3b39ccdafc9ed81d0c21b8fd634502574da76d1bfa4fe2c76d0",
    ],
  },
  "pixelflux 2.2.1": {
    amd64: [
      "pixelflux-2.2.1-cp311-cp311-manylinux_2_28_x86_64.whl",
      "545b2ffbd96fa4841636253b99e2ed3cca87002df4893531f3f6921dddff26f5",
    ],
    arm64: [
      "pixelflux-2.2.1-cp311-cp311-manylinux_2_28_aarch64.whl",
      "39cee4dfec6ffb6453204198bc363f38453c82d3b706202e646994225dfd591e",
    ],
  },
  "prometheus-client 0.26.0": {
    any: [
      "prometheus_client-0.26.0-py3-none-any.whl",
      "fa93d06737aa02bacd05794768508bb97d2fbee28cb3bca04eaae92f0ca953d6",
    ],
  },
  "propcache 0.5.4": {
    amd64: [
      "propcache-0.5.4-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl",
      "6e9368e87a3efc285e559131092c5db643eb8e56de4ee42064d5baec22ef2bb5",
    ],
    arm64: [
      "propcache-0.5.4-cp311-cp311-manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_28_aarch64.whl",
      "62530ca89187827e4a4fe733f971abe81a7542eeea48ff61995f19b64d7199c8",
    ],
  },
  "psutil 7.2.2": {
    amd64: [
      "psutil-7.2.2-cp36-abi3-manylinux2010_x86_64.manylinux_2_12_x86_64.manylinux_2_28_x86_64.whl",
      "076a2d2f923fd4821644f5ba89f059523da90dc9014e85f8e45a5774ca5bc6f9",
    ],
    arm64: [
      "psutil-7.2.2-cp36-abi3-manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_28_aarch64.whl",
      "b0726cecd84f9474419d67252add4ac0cd9811b04d61123054b9fb6f57df6e9e",
    ],
  },
  "pulsectl 24.12.0": {
    any: ["pulsectl-24.12.0-py2.py3-none-any.whl", "13a60be940594f03ead3245b3dfe3aff4a3f9a792af347674bde5e716d4f76d2"],
  },
  "pulsectl-asyncio 1.3.2": {
    any: [
      "pulsectl_asyncio-1.3.2-py3-none-any.whl",
      "aa3adf89fe91a80ec1a5c92de3dcfd17a8f171006a07a2ec59a4a13d031fc70d",
    ],
  },
  "pycparser 3.12": {
    any: ["pycparser-3.12-py3-none-any.whl", "a076f3f489b39b43ed13563a1dafe42447445bec2e294154ec5c57fcdda4c85e"],
  },
  "pyee 13.0.1": {
    any: ["pyee-13.0.1-py3-none-any.whl", "af2f8fede4171ef667dfded53f96e2ed0d6e6bd7ee3bb46437f77e3b57689228"],
  },
  "pylibsrtp 1.0.0": {
    amd64: [
      "pylibsrtp-1.0.0-cp310-abi3-manylinux_2_26_x86_64.manylinux_2_28_x86_64.whl",
      "293c9f2ac21a2bd689c477603a1aa235d85cf252160e6715f0101e42a43cbedc",
    ],
    arm64: [
      "pylibsrtp-1.0.0-cp310-abi3-manylinux_2_26_aarch64.manylinux_2_28_aarch64.whl",
      "9209b86e662ebbd17c8a9e8549ba57eca92a3e87fb5ba8c0e27b8c43cd08a767",
    ],
  },
  "pyopenssl 26.4.0": {
    any: ["pyopenssl-26.4.0-py3-none-any.whl", "f0eb0cb2d581d3ad2b9c489468485e7f2ab6727d08401bcf9d824c3caddf3c1c"],
  },
  "selkies 2.1.0": {
    any: ["selkies-2.1.0-py3-none-any.whl", "8bde6207ca921cb2f38c3204fafe18d40b5578165894818ae1ca9e46fca7b966"],
  },
  "typing-extensions 4.16.0": {
    any: [
      "typing_extensions-4.16.0-py3-none-any.whl",
      "481caa481374e813c1b176ada14e97f1f67a4539ce9cfeb3f350d78d6370c2e8",
    ],
  },
  "uvloop 0.23.0": {
    amd64: [
      "uvloop-0.23.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl",
      "ab17b3a8aa754be0de0e397f7b95f13b14e56f077a4c6ae295e3d4afd199b325",
    ],
    arm64: [
      "uvloop-0.23.0-cp311-cp311-manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_28_aarch64.whl",
      "8fcd721113260ffb5e38bf14a8725b17d431f34209f7d1c7005b667946e630b3",
    ],
  },
  "watchdog 7.1.0": {
    amd64: [
      "watchdog-7.1.0-py3-none-manylinux2014_x86_64.whl",
      "77f06d709fe5d766ec51ec07b79773f5e29a0b3c4c3d195cfc7aa1e909fa566c",
    ],
    arm64: [
      "watchdog-7.1.0-py3-none-manylinux2014_aarch64.whl",
      "dbd4e701a31b9bfa686bd831177b433695f5e4dabee6aa0bdf4efcf6f0fd5b9f",
    ],
  },
  "yarl 1.25.1": {
    amd64: [
      "yarl-1.25.1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl",
      "d5add7b4ca7afeea91d52e4d4e4db3b1fe9885b71f07054560d8c4296b7441a2",
    ],
    arm64: [
      "yarl-1.25.1-cp311-cp311-manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_28_aarch64.whl",
      "acae6b45d1ace09b6ba3876da43b88366ef368f73b988c7f57e14231753d4420",
    ],
  },
};
