import type { Settings } from "../settings.ts";

/** What a plan is made with beside the view: given from outside, so that the same gives the same. */
export interface PlanContext {
  readonly settings: Settings;
  /** By the API server's clock. */
  readonly now: Date;
  /** What TURN credentials are made from; undefined without a TURN server. */
  readonly turnSecret: string | undefined;
  readonly newPassword: () => string;
}
