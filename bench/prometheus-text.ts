/** One line of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of some metrics. */
export function samplesOf(text: string, names: readonly string[]): Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name = "", labels = "", value = ""] = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    return names.includes(name) ? [{ name, labels: labelsOf(labels), value: Number(value) }] : [];
  });
}

/** How much the samples that are chosen have grown, all together. */
export function growth(
  before: readonly Sample[],
  after: readonly Sample[],
  isMeant: (sample: Sample) => boolean,
): number {
  const sum = (samples: readonly Sample[]) => samples.filter(isMeant).reduce((total, { value }) => total + value, 0);
  return sum(after) - sum(before);
}

function labelsOf(text: string): Record<string, string> {
  const pairs = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries([...pairs].map(([, key = "", value = ""]): [string, string] => [key, value]));
}
