import { h } from "preact";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { SessionView } from "../api/schemas.ts";
import { api } from "./api.ts";
import type { Shared } from "./app.ts";
import { IdleNotice } from "./idle.ts";
import { UserMessageForm } from "./notices.ts";
import { Progress } from "./progress.ts";
import { useFalseSince, useSecondsSince } from "./seconds.ts";
import { OpenButton, StateBadge } from "./session-parts.ts";
import type { MessageKey, Words } from "./words.ts";

// The operator takes up what is wanted within a second, and a new leader within twenty.
const patienceSeconds = 10;

type Asked = "suspend" | "restart" | "revoke" | "delete";

/** One desktop: how far it is, and what can be done with it. */
export function SessionPage(shared: Shared & { name: string }): JSX.Element {
  const { words, me, desktops, name, go } = shared;
  const { t, time } = words;
  const session = desktops.sessions.find((it) => it.name === name);
  const [asked, setAsked] = useState<{ readonly what: Asked } | undefined>();
  const unattended = useSecondsSince(useFalseSince(session?.isTakenUp));
  if (!session)
    return h("div", {}, [
      h("h1", {}, name),
      h("p", { role: "status" }, t("session.gone", { name })),
      h("button", { onClick: () => go("/") }, t("back")),
    ]);
  const facts: [MessageKey, string | undefined][] = [
    ["session.template", session.title],
    ["session.user", session.user],
    ["session.created", time(session.createdAt)],
    ["session.ends", session.expiresAt && time(session.expiresAt)],
    ["session.lastSeen", session.lastActivity && time(session.lastActivity)],
    ["session.node", session.node],
  ];
  const usualSeconds = desktops.templates.find((it) => it.name === session.template)?.usualStartSeconds;
  const isStarting = !session.isReady && session.wanted === "Running" && session.state !== "Terminating";
  return h("article", { class: "card" }, [
    h("h1", {}, name, " ", h(StateBadge, { session, words })),
    unattended !== undefined &&
      unattended >= patienceSeconds &&
      h("p", { class: "notice away", role: "status" }, t("session.notTakenUp", { seconds: unattended })),
    h(IdleNotice, { ...shared, session }),
    session.message !== undefined && !session.isReady && h("p", { role: "status", lang: "en" }, session.message),
    isStarting && h(Progress, { session, usualSeconds, words }),
    session.isReady && tookText(session, words),
    h(Actions, { ...shared, session, ask: (what) => setAsked({ what }) }),
    me.isAdmin && session.user !== me.user && h(UserMessageForm, { ...shared, user: session.user }),
    h(
      "ol",
      { class: "steps" },
      session.conditions.map((condition) =>
        h("li", { key: condition.type, class: condition.status }, [
          h("strong", {}, stepName(condition.type, words)),
          " ",
          h("span", { class: "badge" }, t(stepState(condition.status))),
          " ",
          h("span", { class: "quiet" }, t("step.since", { time: time(condition.since) })),
          // What stands above is not said again.
          condition.message !== "" &&
            (session.isReady || condition.message !== session.message) &&
            h("p", { lang: "en" }, condition.message),
        ]),
      ),
    ),
    h(
      "dl",
      {},
      facts.flatMap(([key, value]) => (value === undefined ? [] : [h("dt", {}, t(key)), h("dd", {}, value)])),
    ),
    // Whoever asks again before the browser has told that a dialog was closed gets another one.
    asked &&
      h(Confirm, {
        ...{ ...shared, key: asked, session, asked: asked.what },
        close: () => setAsked((now) => (now === asked ? undefined : now)),
      }),
  ]);
}

function Actions(props: Shared & { session: SessionView; ask: (what: Asked) => void }): JSX.Element {
  const { session, words, say, attempt, ask } = props;
  const { t } = words;
  const extend = () =>
    attempt(async () => {
      await api.extend(session.name, 60);
      say(t("done.extend", { name: session.name }));
    });
  const isEnding = session.state === "Terminating";
  return h("p", { class: "actions" }, [
    h(OpenButton, props),
    session.wanted === "Running" &&
      h("button", { disabled: isEnding, onClick: () => ask("suspend") }, t("action.suspend")),
    session.wanted === "Running" &&
      h("button", { disabled: isEnding, onClick: () => ask("restart") }, t("action.restart")),
    h("button", { disabled: isEnding, onClick: () => void extend() }, t("action.extend")),
    h("button", { disabled: isEnding, onClick: () => ask("revoke") }, t("action.revoke")),
    h("button", { class: "danger", disabled: isEnding, onClick: () => ask("delete") }, t("action.delete")),
  ]);
}

/** Says what is lost before it is done. */
function Confirm(props: Shared & { session: SessionView; asked: Asked; close: () => void }): JSX.Element {
  const { session, asked, words, say, attempt, close } = props;
  const { t } = words;
  const { name } = session;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  // The browser gives the focus back to where it was only to a dialog that is closed, not to one that is taken away.
  const dismiss = () => dialog.current?.close();
  const act = () => {
    dismiss();
    void attempt(async () => {
      if (asked === "delete") await api.remove(name);
      else await api.act(name, asked);
      say(t(`done.${asked}`, { name }));
    });
  };
  return h("dialog", { ref: dialog, onClose: close, "aria-labelledby": "confirm-title" }, [
    h("h2", { id: "confirm-title" }, t(`confirm.${asked}`, { name })),
    h("p", {}, t(lossOf(session, asked))),
    h("p", { class: "actions" }, [
      h("button", { class: asked === "delete" ? "danger" : "primary", onClick: act }, t(`action.${asked}`)),
      h("button", { onClick: dismiss }, t("action.cancel")),
    ]),
  ]);
}

/** What is lost, as a sentence. */
export function lossOf({ home }: Pick<SessionView, "home">, asked: Asked): MessageKey {
  if (asked === "suspend") return home ? "confirm.suspendLoses" : "confirm.suspendNoHome";
  if (asked === "restart") return home ? "confirm.restartLoses" : "confirm.restartNoHome";
  if (asked === "revoke") return "confirm.revokeLoses";
  if (!home) return "confirm.deleteNoHome";
  return home.reclaim === "Delete" ? "confirm.deleteLoses" : "confirm.deleteKeeps";
}

function tookText({ startedAt, readyAt }: SessionView, { t }: Words): JSX.Element | null {
  const seconds = (Date.parse(readyAt ?? "") - Date.parse(startedAt ?? "")) / 1_000;
  return seconds >= 0 ? h("p", { class: "quiet" }, t("session.startTook", { seconds: Math.round(seconds) })) : null;
}

function stepName(type: string, { t }: Words): string {
  const names: Readonly<Record<string, MessageKey>> = {
    ...{ Ready: "step.Ready", PodScheduled: "step.PodScheduled", HomeBound: "step.HomeBound" },
    ...{ Routed: "step.Routed", Active: "step.Active", Expiring: "step.Expiring" },
  };
  const key = Object.hasOwn(names, type) ? names[type] : undefined;
  return key === undefined ? type : t(key);
}

function stepState(status: "True" | "False" | "Unknown"): MessageKey {
  return ({ True: "step.yes", False: "step.no", Unknown: "step.unknown" } as const)[status];
}
