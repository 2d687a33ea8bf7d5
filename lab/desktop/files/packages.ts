/** What the desktop's files are made of, beside the wheels: packages of Debian, each with all that it depends on. */
export const debian = {
  suite: "bookworm",
  /** The Python of that release, which the wheels are for. */
  python: "3.11",
  packages: [
    ...["bash", "coreutils", "findutils", "sed", "grep", "procps", "hostname", "util-linux", "mount", "less", "nano"],
    ...["xvfb", "openbox", "xterm", "x11-xkb-utils", "xkb-data", "x11-xserver-utils", "x11-utils", "xclip"],
    ...["pulseaudio", "fonts-dejavu-core", "fontconfig", "python3", "libgbm1", "libxkbcommon0"],
  ],
} as const;
