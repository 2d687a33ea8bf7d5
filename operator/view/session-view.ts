import type { AnyObject } from "../../kube/object.ts";
import type { VDISession, VDITemplate } from "../api/objects.ts";
import type { Child, ClusterEvent, Node, PersistentVolumeClaim, Pod } from "../kinds.ts";

/** What the API server has of a home that is to go with its session. */
export interface HomeAtEnd {
  readonly claim: AnyObject | undefined;
  /** Whether another session of the user wants it to stay. */
  readonly isShared: boolean;
}

/** Whom a session waits for: another one, or the pod that one which is gone has left. */
export type Ahead =
  { readonly session: VDISession; readonly pod?: undefined } | { readonly session?: undefined; readonly pod: Pod };

/** All that is known about one session at one moment: what plan and status are made from. */
export interface SessionView {
  readonly session: VDISession;
  readonly template: VDITemplate | undefined;
  /** Why this session cannot be made from its template. */
  readonly templateProblem: TemplateProblem | undefined;
  /** The pod that this session controls, taken from a pool or made for it. */
  readonly pod: Pod | undefined;
  readonly home: PersistentVolumeClaim | undefined;
  readonly service: Child | undefined;
  readonly route: Child | undefined;
  readonly networkPolicy: Child | undefined;
  /** Another session of the same user that has the home volume in use, or gets it before this one. */
  readonly homeHolder: VDISession | undefined;
  /** Another session of the same user, or its pod, who has as many desktops as one may have when it has its own. */
  readonly oneTooMany: Ahead | undefined;
  /** A pod that has the home mounted, and that no session of the user controls. */
  readonly homeRemains: Pod | undefined;
  /** A pod that has the home as well as this session's own, and keeps it: the own one is one too many. */
  readonly homeRival: Pod | undefined;
  /** Whether another session of the user, that the cache knows of, wants the home to stay. Asked at the end alone. */
  readonly homeIsShared: boolean;
  /** What the API server has of a home that is to go with its session; undefined while it was not read. */
  readonly homeAtEnd: HomeAtEnd | undefined;
  readonly nodes: readonly Node[];
  /** The templates that the user of the session may use, and that work. */
  readonly usableTemplates: () => readonly VDITemplate[];
  /** Slices of an extended resource that desktops on a node have. */
  readonly slicesInUse: (node: string, resourceName: string) => number;
  /** Why nothing may be ended by time now; undefined while the clocks agree. */
  readonly timeDoubt: string | undefined;
  /** About pod and home, oldest first. Read only when a start is slow: empty says nothing. */
  readonly events: readonly ClusterEvent[];
  /** Whether what the cluster has of a child is what admission makes of what we want: both by their fingerprints. */
  readonly isAdmitted: (wanted: string, found: string) => boolean;
  /** What the API server refused to write just now. */
  readonly refusals: readonly Refusal[];
  /** Whether the stream answers, of this pod; undefined while not known. */
  readonly stream: Check | undefined;
  /** Whether the address leads to this session, asked through Traefik; undefined while not known. */
  readonly routeAnswer: Check | undefined;
  /** Whether somebody is connected, of this pod; undefined while not known. */
  readonly activity: Activity | undefined;
}

/** What is wrong between a session and its template, with the reason that the status gives and a sentence. */
export interface TemplateProblem {
  readonly reason: "TemplateInvalid" | "NotAllowed" | "ResourcesExceeded" | "TurnUnavailable";
  readonly message: string;
}

/** A write that the API server refused, and would refuse again. */
export interface Refusal {
  readonly kind:
    "VDISession" | "Pod" | "PersistentVolumeClaim" | "Secret" | "Service" | "IngressRoute" | "NetworkPolicy";
  /** Quota: exceeded quota. Taken: somebody else's object has the name. Held: another session's pod has it, and with it the home. Missing: no such kind. Terminating: the namespace goes. Invalid: 422. Forbidden: all other 403. Failing: 5xx, again and again. Contested: others undo it each time. */
  readonly why:
    "Quota" | "Taken" | "Held" | "Missing" | "Terminating" | "Invalid" | "Forbidden" | "Failing" | "Contested";
  /** The server's sentence; of what is contested ours. */
  readonly message: string;
}

/** The last try to reach something. */
export interface Check {
  readonly ok: boolean;
  /** What was seen, as a sentence. */
  readonly message: string;
  /** The stream answers, and has no picture to show. */
  readonly isPictureLost?: true;
}

/** What the last look at a desktop's connections said. */
export interface Activity {
  /** When it was looked, milliseconds since 1970. */
  readonly atMs: number;
  /** undefined: the look failed, or the runtime does not tell. */
  readonly connected: boolean | undefined;
  /** Since when looks have said the same without a gap, milliseconds since 1970; this look alone when left out. */
  readonly sinceMs?: number;
  readonly message: string;
}
