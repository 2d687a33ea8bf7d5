/** Where a Helm chart comes from. */
export interface ChartSource {
  /** The chart's name in `repo`, an `oci://` address, or a path relative to the project's root. */
  readonly chart: string;
  readonly version: string;
  /** Address of the Helm repository; absent for `oci://` and for paths. */
  readonly repo?: string;
}
