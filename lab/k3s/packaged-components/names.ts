/** The packaged components, by the names that `--disable` takes. */
export const packagedNames = ["coredns", "local-storage", "runtimes", "traefik"] as const;
export type PackagedName = (typeof packagedNames)[number];
