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

/** Sum of a metric's samples that have all of these labels; 0 when there are none. */
export function sampleSum(text: string, name: string, wanted: Readonly<Record<string, string>> = {}): number {
  return sum(samplesOf(text, [name]), ({ labels }) =>
    Object.entries(wanted).every(([label, value]) => labels[label] === value),
  );
}

/** How much the samples that are chosen have grown, all together. */
export function growth(
  before: readonly Sample[],
  after: readonly Sample[],
  isMeant: (sample: Sample) => boolean,
): number {
  return sum(after, isMeant) - sum(before, isMeant);
}

function sum(samples: readonly Sample[], isMeant: (sample: Sample) => boolean): number {
  return samples.filter(isMeant).reduce((total, { value }) => total + value, 0);
}

function labelsOf(text: string): Record<string, string> {
  const pairs = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries([...pairs].map(([, key = "", value = ""]): [string, string] => [key, plain(value)]));
}

function plain(value: string): string {
  return value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
}
