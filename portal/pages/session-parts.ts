import { h } from "preact";
import type { JSX } from "preact";
import type { SessionView } from "../api/schemas.ts";
import { api } from "./api.ts";
import type { Shared } from "./app.ts";
import type { Words } from "./words.ts";

/** In a word how it is. */
export function StateBadge({ session, words: { t } }: { session: SessionView; words: Words }): JSX.Element {
  const state = session.state === "Running" && session.isReady ? "ready" : session.state;
  return h("span", { class: `badge ${state}` }, t(`state.${state}`));
}

/** Opens the desktop in a tab of its own, by a link that is made now. A suspended one is started first. */
export function OpenButton({
  session,
  me,
  words: { t },
  attempt,
  go,
}: Shared & { session: SessionView }): JSX.Element | null {
  if (session.state === "Terminating") return null;
  if (session.wanted === "Suspended") {
    const resume = () =>
      attempt(async () => {
        await api.act(session.name, "resume");
        go(`/sessions/${session.name}`);
      });
    return h("button", { class: "primary", onClick: () => void resume() }, t("action.resume"));
  }
  // An administrator opens nobody else's: she would be seen as its user.
  if (session.user !== me.user) return null;
  const open = () => {
    // While the click still counts: browsers open no tab for what comes later by itself.
    const tab = window.open("", "_blank");
    if (tab) tab.opener = null;
    void attempt(async () => {
      try {
        const { url } = await api.link(session.name);
        if (tab) tab.location.href = url;
        else location.assign(url);
      } catch (error) {
        tab?.close();
        throw error;
      }
    });
  };
  return h("button", { class: "primary", disabled: !session.isReady, onClick: open }, t("action.open"));
}
