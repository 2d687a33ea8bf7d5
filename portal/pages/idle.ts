import { h } from "preact";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { SessionView } from "../api/schemas.ts";
import { api } from "./api.ts";
import type { Shared } from "./app.ts";
import type { Words } from "./words.ts";

/** Warns that a desktop ends soon since nobody is connected, and takes the word of whoever is there all the same. */
export function IdleNotice(props: Shared & { session: SessionView }): JSX.Element | null {
  const { session, me, words, attempt, say } = props;
  const { t } = words;
  const [permission, setPermission] = useState(permissionNow);
  // The operator takes the warning back with its next look, half a minute later at the most.
  const [answered, setAnswered] = useState<string | undefined>();
  const warning = session.idleWarning;
  if (warning === undefined || warning === answered) return null;
  const stay = () =>
    attempt(async () => {
      await api.act(session.name, "stay");
      setAnswered(warning);
      say(t("done.stay", { name: session.name }));
    });
  const ask = async () => setPermission(await Notification.requestPermission());
  return h("div", { class: "notice", role: "alert" }, [
    h("p", {}, t("session.idle", { message: warning })),
    session.user === me.user &&
      h("p", { class: "actions" }, [
        h("button", { class: "primary", onClick: () => void stay() }, t("action.stay")),
        permission === "default" && h("button", { onClick: () => void ask() }, t("action.notify")),
      ]),
  ]);
}

/** Tells of idle warnings beyond the page, once each: in its title, and by the browser to whoever has allowed that. */
export function useIdleWarnings(warned: readonly SessionView[], words: Words): void {
  const key = warned.map(({ name, idleWarning }) => `${name} ${idleWarning ?? ""}`).join("\n");
  useEffect(() => {
    if (permissionNow() !== "granted") return;
    for (const { name, idleWarning = "" } of warned)
      // The tag keeps several tabs from telling the same several times.
      new Notification(name, { body: words.t("session.idle", { message: idleWarning }), tag: `idle ${name}` });
  }, [key]);
}

function permissionNow(): NotificationPermission {
  return typeof Notification === "undefined" ? "denied" : Notification.permission;
}
