import { h } from "preact";
import type { JSX } from "preact";
import type { TemplateView } from "../api/schemas.ts";
import type { Shared } from "./app.ts";
import { IdleNotice } from "./idle.ts";
import { OpenButton, StateBadge } from "./session-parts.ts";
import type { Words } from "./words.ts";

/** One's own desktops, and those that one may start. */
export function GalleryPage(shared: Shared): JSX.Element {
  const { words, desktops, me, go } = shared;
  const { t } = words;
  const own = desktops.sessions.filter(({ user }) => user === me.user);
  return h("div", {}, [
    h("h1", {}, t("yours")),
    own.length === 0
      ? h("p", {}, t("yours.none"))
      : h(
          "ul",
          { class: "tiles" },
          own.map((session) =>
            h("li", { key: session.name, class: "tile" }, [
              h("h2", {}, session.name),
              h("p", {}, session.title, " ", h(StateBadge, { session, words })),
              h(IdleNotice, { ...shared, session }),
              !session.isReady &&
                session.wanted === "Running" &&
                session.message !== undefined &&
                h("p", { class: "quiet", lang: "en" }, session.message),
              h("p", { class: "actions" }, [
                h(OpenButton, { ...shared, session }),
                h(
                  "button",
                  {
                    onClick: () => go(`/sessions/${session.name}`),
                    "aria-label": t("action.details", { name: session.name }),
                  },
                  t("session.details"),
                ),
              ]),
            ]),
          ),
        ),
    h("h1", {}, t("gallery")),
    desktops.templates.length === 0
      ? h("p", {}, t("gallery.none"))
      : h(
          "ul",
          { class: "tiles" },
          desktops.templates.map((template) =>
            h("li", { key: template.name, class: "tile" }, [
              h("h2", {}, [
                template.icon === undefined
                  ? h("span", { class: "initial", "aria-hidden": "true" }, template.title.slice(0, 1))
                  : h("img", { src: template.icon, alt: "", width: 40, height: 40 }),
                template.title,
              ]),
              template.description !== undefined && h("p", {}, template.description),
              h("p", { class: "quiet" }, sizeText(template, words)),
              template.free && h("p", {}, freeText(template.free, words)),
              template.off
                ? h("p", { class: "notice" }, t("gallery.off", { reason: template.off.reason }))
                : template.problem === undefined
                  ? h(
                      "button",
                      { class: "primary", onClick: () => go(`/new/${template.name}`) },
                      t("gallery.start", { title: template.title }),
                    )
                  : h("p", { class: "notice" }, t("gallery.problem", { problem: template.problem })),
            ]),
          ),
        ),
  ]);
}

export function sizeText({ size }: TemplateView, { t }: Words): string {
  return [
    t("size.cpu", { cpu: size.cpu }),
    t("size.memory", { memory: size.memory }),
    t(size.gpu > 0 ? "size.gpu" : "size.noGpu"),
  ].join(" · ");
}

export function freeText(free: NonNullable<TemplateView["free"]>, { t, time }: Words): string {
  if (free.now > 0) return t("free.some", { now: free.now, of: free.of });
  return free.nextAt === undefined ? t("free.none") : t("free.next", { time: time(free.nextAt) });
}
