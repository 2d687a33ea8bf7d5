/**
 * A test that begins with those beside it in its `describe` and is awaited in its turn: for stories that are mostly
 * waiting. Stands after the `before` that it needs.
 */
export function alongside(title: string, story: () => Promise<void>): void {
  let told: Promise<void>;
  before(() => {
    told = story();
    // Its test says it, when its turn comes.
    told.catch(() => undefined);
  });
  it(title, () => told);
}
