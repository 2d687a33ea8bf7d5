import { h } from "preact";
import type { JSX } from "preact";
import type { Overview } from "../api/schemas.ts";
import { api } from "./api.ts";
import type { Shared } from "./app.ts";
import { longestText, textOf } from "./operate.ts";

/** What an administrator tells whoever is signed in, until she closes it. */
export function OwnMessage({ words: { t }, desktops, attempt }: Shared): JSX.Element | null {
  const { ownMessage } = desktops;
  if (ownMessage === "") return null;
  const close = () => attempt(async () => api.closeMessage(ownMessage));
  return h("p", { class: "notice", role: "status" }, [
    h("strong", {}, t("notice.own")),
    " ",
    ownMessage,
    " ",
    h("button", { onClick: () => void close(), "aria-label": t("dismiss") }, "×"),
  ]);
}

/** What everybody is told on every page. */
export function MessageForm({ words: { t }, desktops, attempt, say }: Shared): JSX.Element {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const text = textOf(event, "message");
    void attempt(async () => {
      await api.setMessage({ text });
      say(t("admin.messageSent"));
    });
  };
  return h("form", { onSubmit: submit }, [
    h("label", {}, [
      t("admin.messageText"),
      h("input", { ...{ name: "message", maxLength: longestText }, defaultValue: desktops.message }),
    ]),
    h("button", { type: "submit" }, t("admin.messageSend")),
  ]);
}

/** Tells one user something: the one given, or whom the administrator names. */
export function UserMessageForm(props: Shared & { user?: string; sent?: () => void }): JSX.Element {
  const { words, attempt, say, user: given, sent } = props;
  const { t } = words;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const [user, text] = [given ?? textOf(event, "user"), textOf(event, "text")];
    void attempt(async () => {
      await api.setMessage({ text, user });
      form.reset();
      say(t("admin.userMessageSent", { user }));
      sent?.();
    });
  };
  return h("form", { onSubmit: submit }, [
    given === undefined && h(UserField, props),
    h("label", {}, [
      given === undefined ? t("admin.userMessageText") : t("admin.userMessageTo", { user: given }),
      h("input", { name: "text", required: true, maxLength: longestText, autocomplete: "off" }),
    ]),
    h("button", { type: "submit" }, t("admin.userMessageSend")),
  ]);
}

/** Anybody; those who have sessions are proposed. */
function UserField({ words: { t }, desktops: { sessions } }: Shared): JSX.Element {
  const users = [...new Set(sessions.map(({ user }) => user))].sort();
  return h("div", {}, [
    h("label", {}, [
      t("session.user"),
      h("input", { ...{ name: "user", required: true, maxLength: 254 }, list: "users", autocomplete: "off" }),
    ]),
    h(
      "datalist",
      { id: "users" },
      users.map((user) => h("option", { key: user, value: user })),
    ),
  ]);
}

export interface UserMessagesProps {
  readonly overview: Overview;
  /** Asks for the overview anew. */
  readonly again: () => void;
}

/** What single users are told and have not closed. */
export function UserMessages({ overview, words, attempt, again }: Shared & UserMessagesProps): JSX.Element {
  const takeBack = (user: string) =>
    attempt(async () => {
      await api.setMessage({ text: "", user });
      again();
    });
  return h(
    "ul",
    { class: "plainList" },
    overview.messages.map(({ user, text }) =>
      h("li", { key: user }, [
        h("strong", {}, user),
        h("p", {}, text),
        h("button", { onClick: () => void takeBack(user) }, words.t("admin.userMessageTakeBack", { user })),
      ]),
    ),
  );
}
