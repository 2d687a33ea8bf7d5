import { h } from "preact";
import type { JSX } from "preact";
import type { Overview } from "../api/schemas.ts";
import { api } from "./api.ts";
import type { Shared } from "./app.ts";

export const longestText = 500;

/** Switches templates off, so that nobody starts more of them, and on again. */
export function Templates({ overview, words, attempt, again }: Shared & SwitchProps): JSX.Element {
  const { t } = words;
  const set = (name: string, reason: string | undefined) =>
    attempt(async () => {
      await (reason === undefined ? api.switchOn(name) : api.switchOff(name, reason));
      again();
    });
  return h("div", {}, [
    h("p", { class: "quiet" }, t("admin.offHint")),
    h(
      "ul",
      { class: "plainList" },
      overview.templates.map(({ name, title, off }) =>
        h("li", { key: name }, [
          h("strong", {}, title),
          " ",
          h("span", { class: "badge" }, off ? t("admin.templateOff", { reason: off.reason }) : t("admin.templateOn")),
          off
            ? h("p", {}, h("button", { onClick: () => void set(name, undefined) }, t("admin.switchOn", { title })))
            : h(
                "form",
                {
                  onSubmit: (event: SubmitEvent) => {
                    event.preventDefault();
                    void set(name, textOf(event, "reason"));
                  },
                },
                h("label", {}, [
                  t("admin.offReason"),
                  h("input", { name: "reason", required: true, maxLength: longestText, autocomplete: "off" }),
                ]),
                h("button", { type: "submit" }, t("admin.switchOff", { title })),
              ),
        ]),
      ),
    ),
  ]);
}

export interface SwitchProps {
  readonly overview: Overview;
  /** Asks for the overview anew. */
  readonly again: () => void;
}

/** What somebody has typed into a field of a form that is being sent. */
export function textOf(event: SubmitEvent, field: string): string {
  const value = new FormData(event.currentTarget as HTMLFormElement).get(field);
  return typeof value === "string" ? value.trim() : "";
}
