/** What a desktop's Pod Security level and user come to. */
export interface SecurityArgs {
  readonly profile: "restricted" | "baseline";
  /** 0: the image's init starts as root and steps down to 1000. */
  readonly userId: number;
}

/** Group of homes whose image starts as root: the user that it steps down to. */
const steppedDown = 1000;

/**
 * Security contexts that meet the level. `restricted` holds every field that the level asks for; `baseline` lets an image
 * start as root and gain privileges by sudo, within the level's capabilities less two that no desktop needs: packets of
 * its own making could pass it off as its neighbours on the node, to which streams travel without TLS.
 */
export function podSecurity({ profile, userId }: SecurityArgs) {
  const group = userId === 0 ? steppedDown : userId;
  const restricted = profile === "restricted";
  return {
    pod: {
      ...(userId !== 0 && { runAsUser: userId, runAsGroup: group, runAsNonRoot: true }),
      fsGroup: group,
      // A home of many files is not walked through at each start.
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    container: {
      allowPrivilegeEscalation: !restricted,
      privileged: false,
      capabilities: { drop: restricted ? ["ALL"] : ["NET_RAW", "MKNOD"] },
    },
  };
}
