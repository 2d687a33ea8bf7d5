import { h } from "preact";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Overview, SessionView } from "../api/schemas.ts";
import { api } from "./api.ts";
import type { Shared } from "./app.ts";
import { MessageForm, UserMessageForm, UserMessages } from "./notices.ts";
import { Templates } from "./operate.ts";
import { StateBadge } from "./session-parts.ts";
import { Usage } from "./usage.ts";
import type { Words } from "./words.ts";

// Drawn at once, thousands of rows make a page stand still.
const mostRows = 200;

/** All sessions, who holds which GPU slice, and what is wrong. */
export function AdminPage(shared: Shared): JSX.Element {
  const { words, desktops } = shared;
  const { t } = words;
  const [overview, setOverview] = useState<Overview | undefined>();
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let isOver = false;
    const timer = setTimeout(() => {
      api.overview().then(
        (found) => !isOver && setOverview(found),
        // The frame says that the portal does not answer.
        () => undefined,
      );
    }, 300);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [desktops, asked]);
  const again = () => setAsked(asked + 1);
  return h("div", {}, [
    h("h1", {}, t("admin")),
    h("h2", {}, t("admin.findings")),
    overview ? h(Findings, { overview, words }) : h("p", {}, t("loading")),
    h("h2", {}, t("admin.slices")),
    overview && h(Slices, { overview, words }),
    h("h2", {}, t("admin.sessions")),
    h(Sessions, shared),
    h("h2", {}, t("admin.message")),
    h(MessageForm, shared),
    h("h2", {}, t("admin.userMessage")),
    h(UserMessageForm, { ...shared, sent: again }),
    overview && h(UserMessages, { ...shared, overview, again }),
    h("h2", {}, t("admin.templates")),
    overview && h(Templates, { ...shared, overview, again }),
    h("h2", {}, t("admin.usage")),
    h(Usage, { words }),
  ]);
}

export function Findings({ overview, words: { t } }: { overview: Overview; words: Words }): JSX.Element {
  if (overview.findings.length === 0) return h("p", {}, t("admin.noFindings"));
  return h("div", {}, [
    h(
      "ul",
      { class: "findings" },
      overview.findings.map(({ code, level, object, problem, fix }) =>
        h("li", { key: `${code} ${object}`, class: level }, [
          h(
            "p",
            {},
            h("span", { class: `badge ${level}` }, t(`level.${level}`)),
            " ",
            h("code", {}, code),
            " ",
            object,
          ),
          h("p", { lang: "en" }, problem),
          h(
            "ul",
            {},
            fix.map((step) =>
              h(
                "li",
                { lang: "en" },
                step.text,
                step.command !== undefined && h("pre", {}, h("code", {}, step.command)),
              ),
            ),
          ),
        ]),
      ),
    ),
    h("p", { class: "quiet" }, t("admin.findingsHint")),
  ]);
}

/** A box for each slice, with who holds it. */
export function Slices({ overview, words: { t } }: { overview: Overview; words: Words }): JSX.Element {
  const nodes = overview.nodes.filter(({ resources }) => resources.some(({ total }) => total > 0));
  if (nodes.length === 0) return h("p", {}, t("admin.noSlices"));
  return h(
    "ul",
    { class: "nodes" },
    nodes.map((node) =>
      h("li", { key: node.name }, [
        h("strong", {}, node.name),
        !node.isReady && h("span", { class: "badge failure" }, t("admin.notReady")),
        node.resources.map(({ name, total, holders }) =>
          h("div", { key: name }, [
            h("span", { class: "quiet" }, `${name}: ${holders.length} / ${total}`),
            h(
              "ol",
              { class: "slices" },
              Array.from({ length: Math.max(total, holders.length) }, (_, index) => {
                const holder = holders[index];
                const text = holder
                  ? [holder.user, holder.session ?? t("admin.pool")].filter(Boolean).join(": ")
                  : t("admin.free");
                return h("li", { key: index, class: holder ? "held" : "free", title: text }, h("span", {}, text));
              }),
            ),
          ]),
        ),
      ]),
    ),
  );
}

function Sessions({ words, desktops, go }: Shared): JSX.Element {
  const { t, time } = words;
  const [filter, setFilter] = useState("");
  const found = desktops.sessions.filter((session) => matches(session, filter, words));
  return h("div", {}, [
    h("label", {}, [
      t("admin.filter"),
      h("input", {
        ...{ type: "search", value: filter },
        onInput: (event: Event) => setFilter((event.currentTarget as HTMLInputElement).value),
      }),
    ]),
    h(
      "p",
      { class: "quiet", role: "status" },
      t("admin.count", { shown: Math.min(mostRows, found.length), all: desktops.sessions.length }),
    ),
    h("div", { class: "wide", tabIndex: 0, role: "region", "aria-label": t("admin.sessions") }, [
      h("table", {}, [
        h(
          "thead",
          {},
          h("tr", {}, [
            h("th", { scope: "col" }, t("nav.desktops")),
            ...(["session.user", "session.template", "session.node", "session.created", "session.ends"] as const).map(
              (key) => h("th", { scope: "col", key }, t(key)),
            ),
          ]),
        ),
        h(
          "tbody",
          {},
          found
            .slice(0, mostRows)
            .map((session) =>
              h("tr", { key: session.name }, [
                h("th", { scope: "row" }, [
                  h("button", { class: "link", onClick: () => go(`/sessions/${session.name}`) }, session.name),
                  " ",
                  h(StateBadge, { session, words }),
                  !session.isReady &&
                    session.message !== undefined &&
                    h("p", { class: "quiet", lang: "en" }, session.message),
                ]),
                h("td", {}, session.user),
                h("td", {}, session.title),
                h("td", {}, session.node ?? ""),
                h("td", {}, time(session.createdAt)),
                h("td", {}, session.expiresAt === undefined ? "" : time(session.expiresAt)),
              ]),
            ),
        ),
      ]),
    ]),
  ]);
}

export function matches(session: SessionView, filter: string, { t }: Words): boolean {
  const { name, user, template, title, node = "", state } = session;
  const text = [name, user, template, title, node, state, t(`state.${state}`)].join(" ").toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s/)
    .every((word) => text.includes(word));
}
