import { parser } from "@prometheus-io/lezer-promql";

/** What Prometheus knows of a metric, the endings of a histogram's parts included. */
export interface Metric {
  readonly labels: readonly string[];
  /** Only rises, but for restarts: what rate and increase are for. */
  readonly isCounter: boolean;
}

/** A metric as an expression reads it. */
export interface Selection {
  readonly name: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
}

type Node = ReturnType<typeof parser.parse>["topNode"];
type Known = ReadonlyMap<string, Metric>;

/** Every series that an expression asks for. */
export function selections(expression: string): Selection[] {
  const text = (node: Node) => expression.slice(node.from, node.to);
  return within(parse(expression), "VectorSelector").map((selector) => ({
    name: text(selector.getChild("Identifier") ?? selector),
    matchers: within(selector, "UnquotedLabelMatcher").map((matcher) => ({
      label: text(matcher.getChild("LabelName")!),
      operator: text(matcher.getChild("MatchOp")!),
      value: text(matcher.getChild("StringLiteral")!).slice(1, -1),
    })),
  }));
}

/**
 * Labels of what an expression gives.
 *
 * @param known metrics by name; each series has the labels of `target` besides
 * @throws at a syntax error, a metric or label that is not known, a counter without rate and a gauge with it
 */
export function labelsLeft(expression: string, known: Known, target: readonly string[]): Set<string> {
  const text = (node: Node) => expression.slice(node.from, node.to);
  const fail = (node: Node, what: string): never => {
    throw new Error(`${expression}: ${what}: ${text(node)}`);
  };

  const visitors: Record<string, (node: Node) => Set<string>> = {
    ParenExpr: (node) => visit(node.getChild("Expr")!),
    NumberDurationLiteral: () => new Set(),
    BinaryExpr(node) {
      const [left, right] = node.getChildren("Expr").map((it) => visit(it)) as [Set<string>, Set<string>];
      for (const label of node.getChild("MatchingModifierClause")?.firstChild?.nextSibling?.getChildren("LabelName") ??
        [])
        if (!left.has(text(label)) || !right.has(text(label))) fail(label, "a label that one side has not");
      return left;
    },
    AggregateExpr(node) {
      const inner = visit(node.getChild("FunctionCallBody")!.getChild("Expr")!);
      const modifier = node.getChild("AggregateModifier");
      const named = modifier ? within(modifier, "LabelName") : [];
      for (const label of named) if (!inner.has(text(label))) fail(label, "a label that is not there");
      const names = new Set(named.map(text));
      return modifier?.getChild("Without") ? new Set([...inner].filter((label) => !names.has(label))) : names;
    },
    FunctionCall(node) {
      const name = text(node.getChild("FunctionIdentifier")!);
      const [first, second] = node.getChild("FunctionCallBody")!.getChildren("Expr");
      if (name === "vector" || name === "absent") {
        visit(first!);
        return new Set();
      }
      if (name === "histogram_quantile") {
        const buckets = visit(second!);
        return buckets.delete("le") ? buckets : fail(second!, "no buckets");
      }
      if (first?.name !== "MatrixSelector")
        fail(node, "a function that wants a range, or that this test does not know");
      const isOfCounters = name === "rate" || name === "increase";
      for (const { name: metric } of selections(text(first!)))
        if (known.get(metric)?.isCounter !== isOfCounters)
          fail(node, "rate and increase are for counters, and for them alone");
      return visit(first!.getChild("VectorSelector")!);
    },
    VectorSelector(node) {
      const [{ name, matchers }] = selections(text(node)) as [Selection];
      const metric = known.get(name) ?? fail(node, "a metric that is not known");
      const labels = new Set([...metric.labels, ...target]);
      for (const { label } of matchers) if (!labels.has(label)) fail(node, `no label ${label}`);
      return labels;
    },
  };
  const visit = (node: Node): Set<string> =>
    (visitors[node.name] ?? (() => fail(node, `this test knows no ${node.name}`)))(node);

  return visit(parse(expression).getChild("Expr")!);
}

function parse(expression: string): Node {
  const { topNode } = parser.parse(expression);
  const [error] = within(topNode, "⚠");
  if (error) throw new Error(`${expression}: not PromQL at ${error.from}: ${expression.slice(error.from)}`);
  return topNode;
}

function within(node: Node, name: string): Node[] {
  const found: Node[] = [];
  node.cursor().iterate((it) => {
    if (it.name === name) found.push(it.node);
  });
  return found;
}
