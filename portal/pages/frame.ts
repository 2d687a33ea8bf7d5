import { h } from "preact";
import type { ComponentChildren, JSX } from "preact";
import { api } from "./api.ts";
import type { Shared } from "./app.ts";
import type { Connection } from "./follow.ts";
import { OwnMessage } from "./notices.ts";
import type { Page } from "./routes.ts";
import type { MessageKey, Words } from "./words.ts";

export interface FrameProps extends Shared {
  readonly page: Page;
  readonly connection: Connection;
  readonly message: string;
  readonly dismiss: () => void;
  readonly children?: ComponentChildren;
}

/** Head, messages and content. */
export function Frame({ page, connection, message, dismiss, children, ...shared }: FrameProps): JSX.Element {
  const { words, me, desktops, go, attempt } = shared;
  const { t } = words;
  const signOut = () =>
    attempt(async () => {
      const { location: next } = await api.signOut();
      sessionStorage.clear();
      location.assign(next);
    });
  return h("div", { class: "frame" }, [
    h("a", { class: "skip", href: "#content" }, t("nav.skip")),
    h("header", {}, [
      h(
        "nav",
        { "aria-label": t("nav.main") },
        link("/", t("nav.desktops"), page.name === "gallery", go),
        me.isAdmin && link("/admin", t("nav.admin"), page.name === "admin", go),
        h("a", { href: me.kasmUrl, rel: "noopener" }, t("nav.kasm")),
      ),
      h("span", { class: "who" }, me.user),
      me.signIn === "oidc" && h("button", { onClick: () => void signOut() }, t("signOut")),
    ]),
    connection !== "live" && h("p", { class: `notice ${connection}`, role: "status" }, t(`connection.${connection}`)),
    desktops.message !== "" && h("p", { class: "notice", role: "status" }, desktops.message),
    h(OwnMessage, shared),
    connection !== "away" &&
      desktops.isClusterAway &&
      h("p", { class: "notice away", role: "status" }, t("connection.cluster")),
    h(
      "div",
      { class: "messages", role: "status", "aria-live": "polite" },
      message !== "" &&
        h("p", { class: "notice" }, message, " ", h("button", { onClick: dismiss, "aria-label": t("dismiss") }, "×")),
    ),
    h("main", { id: "content", tabIndex: -1 }, children),
  ]);
}

function link(path: string, text: string, isCurrent: boolean, go: (path: string) => void): JSX.Element {
  const onClick = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(path);
  };
  return h("a", { href: path, onClick, "aria-current": isCurrent ? "page" : undefined }, text);
}

export interface SignInProps {
  readonly words: Words;
  readonly isAway: boolean;
  /** Whether somebody was signed in on this page. */
  readonly hasEnded: boolean;
}

export function SignInPage({ words: { t }, isAway, hasEnded }: SignInProps): JSX.Element {
  const why = new URLSearchParams(location.search).get("sign-in");
  const path = location.pathname;
  return h("main", { class: "plain" }, [
    h("h1", {}, t("title")),
    isAway && h("p", { class: "notice away", role: "status" }, t("connection.away")),
    h("p", { role: "status" }, t(hasEnded ? "signIn.ended" : reasonOf(why))),
    h("a", { class: "button primary", href: `/sign-in/begin?return=${encodeURIComponent(path)}` }, t("signIn")),
  ]);
}

function reasonOf(why: string | null): MessageKey {
  return why === "again" ? "signIn.again" : why === "failed" ? "signIn.failed" : "signIn.why";
}
