import { h } from "preact";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { UsageView } from "../api/schemas.ts";
import { api } from "./api.ts";
import type { Words } from "./words.ts";

/** Hours of GPU slices by month and user: charts, a table and a file. */
export function Usage({ words }: { words: Words }): JSX.Element {
  const [usage, setUsage] = useState<UsageView | undefined>();
  useEffect(() => {
    // The frame says that the portal does not answer.
    api.usage().then(setUsage, () => undefined);
  }, []);
  return usage ? h(UsageRows, { usage, words }) : h("p", {}, words.t("loading"));
}

export function UsageRows({ usage, words }: { usage: UsageView; words: Words }): JSX.Element {
  const { t, time } = words;
  const rows = usage.months.flatMap(({ month, users }) => users.map((it) => ({ month, ...it })));
  if (usage.countedUntil === undefined || rows.length === 0) return h("p", {}, t("admin.usageNone"));
  return h("div", {}, [
    h("p", {}, [
      h("span", { class: "quiet" }, t("admin.usageUntil", { time: time(usage.countedUntil) })),
      " ",
      h("a", { href: "/api/v1/admin/usage.csv", download: "usage.csv" }, t("admin.usageCsv")),
    ]),
    h("div", { class: "charts" }, [
      h(Bars, { caption: t("admin.usageByMonth"), bars: byMonth(usage), words }),
      h(Bars, { caption: t("admin.usageByUser", { month: usage.months[0]?.month ?? "" }), bars: byUser(usage), words }),
    ]),
    h("div", { class: "wide", tabIndex: 0, role: "region", "aria-label": t("admin.usage") }, [
      h("table", {}, [
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            (["admin.usageMonth", "session.user", "admin.usageHours"] as const).map((key) =>
              h("th", { scope: "col", key }, t(key)),
            ),
          ),
        ),
        h(
          "tbody",
          {},
          rows.map(({ month, user, hours }) =>
            h("tr", { key: `${month} ${user}` }, [
              h("td", {}, month),
              h("td", {}, user),
              h("td", {}, words.number(hours)),
            ]),
          ),
        ),
      ]),
    ]),
  ]);
}

/** One bar of a chart. */
export interface Bar {
  readonly label: string;
  readonly hours: number;
}

/** Of all users together, oldest month first. */
export function byMonth({ months }: UsageView): Bar[] {
  return months
    .map(({ month, users }) => ({ label: month, hours: users.reduce((sum, { hours }) => sum + hours, 0) }))
    .reverse();
}

// The table has the others.
const mostUsers = 10;

/** Of the newest month, who used most first. */
export function byUser({ months: [newest] }: UsageView): Bar[] {
  return (newest?.users ?? []).slice(0, mostUsers).map(({ user, hours }) => ({ label: user, hours }));
}

/** A bar chart that screen readers read as a list of amounts. */
function Bars({ caption, bars, words }: { caption: string; bars: readonly Bar[]; words: Words }): JSX.Element {
  const most = Math.max(...bars.map(({ hours }) => hours));
  return h("figure", {}, [
    h("figcaption", {}, caption),
    h(
      "ul",
      { class: "bars" },
      bars.map(({ label, hours }) =>
        h("li", { key: label }, [
          h("span", {}, label),
          // The amount is read once, as text.
          h("meter", { min: 0, max: most, value: hours, "aria-hidden": "true" }),
          h("span", {}, words.number(hours)),
        ]),
      ),
    ),
  ]);
}
