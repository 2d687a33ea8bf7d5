import { h } from "preact";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { NewSession, TemplateView } from "../api/schemas.ts";
import { api } from "./api.ts";
import type { Shared } from "./app.ts";
import type { Draft } from "./drafts.ts";
import { freeText, sizeText } from "./gallery.ts";

type FormProps = Omit<Shared, "template"> & { readonly template: TemplateView };

/** Size and home of a new desktop, within the template's bounds. */
export function NewPage(shared: Shared & { template: string }): JSX.Element {
  const { words, desktops, go } = shared;
  const template = desktops.templates.find(({ name }) => name === shared.template);
  if (template) return h(NewForm, { ...shared, template });
  return h("div", {}, [
    h("h1", {}, words.t("gallery")),
    h("p", { class: "notice", role: "alert" }, words.t("new.gone")),
    h("button", { onClick: () => go("/") }, words.t("back")),
  ]);
}

function NewForm({ words, desktops, me, template, attempt, go, drafts }: FormProps): JSX.Element {
  const { t } = words;
  const { name } = template;
  const [draft] = useState(() => drafts.read(name));
  const [hasHome, setHasHome] = useState(draft === undefined || "home" in draft);
  const holder = desktops.sessions.find(
    ({ user, home, wanted, state }) => user === me.user && home && wanted === "Running" && state !== "Terminating",
  );
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = wantedSession(template, new FormData(event.currentTarget as HTMLFormElement));
    void attempt(async () => {
      const made = await api.create(wanted);
      drafts.forget(name);
      go(`/sessions/${made.name}`);
    });
  };
  const keep = (event: Event) => drafts.keep(name, new FormData(event.currentTarget as HTMLFormElement));
  const cancel = () => {
    drafts.forget(name);
    go("/");
  };
  return h("form", { class: "card", onSubmit: submit, onInput: keep }, [
    h("h1", {}, template.title),
    template.description !== undefined && h("p", {}, template.description),
    h("p", { class: "quiet" }, sizeText(template, words), template.free && ` · ${freeText(template.free, words)}`),
    h("label", {}, [
      t("new.name"),
      h("input", {
        ...{ name: "name", defaultValue: draft?.["name"], pattern: "[a-z0-9]([\\-a-z0-9]*[a-z0-9])?", maxLength: 50 },
        ...{ title: t("new.nameHint"), autocomplete: "off" },
      }),
    ]),
    field("cpu", t("new.cpu"), draft?.["cpu"] ?? template.size.cpu, template.max.cpu, t),
    field("memory", t("new.memory"), draft?.["memory"] ?? template.size.memory, template.max.memory, t),
    template.size.gpu > 0 &&
      h("label", { class: "check" }, [
        h("input", { ...{ type: "checkbox", name: "gpu" }, defaultChecked: draft === undefined || "gpu" in draft }),
        t("new.gpu"),
      ]),
    h("label", { class: "check" }, [
      h("input", {
        ...{ type: "checkbox", name: "home", checked: hasHome },
        onChange: (event: Event) => setHasHome((event.currentTarget as HTMLInputElement).checked),
      }),
      t("new.home"),
    ]),
    hasHome && h(HomeFields, { template, draft, words }),
    hasHome && holder && h("p", { class: "notice", role: "status" }, t("new.homeBusy", { name: holder.name })),
    h("p", { class: "actions" }, [
      h("button", { class: "primary", type: "submit" }, t("new.start")),
      h("button", { type: "button", onClick: cancel }, t("action.cancel")),
    ]),
  ]);
}

function HomeFields({ template, draft, words: { t } }: Pick<FormProps, "words" | "template"> & { draft?: Draft }) {
  const { maxSize, storageClassNames = [] } = template.home;
  const hint = maxSize === undefined ? t("new.homeSizeHint", { size: "10Gi" }) : t("new.upTo", { max: maxSize });
  return h("div", {}, [
    h("label", {}, [
      t("new.homeSize"),
      h("input", { name: "homeSize", defaultValue: draft?.["homeSize"], maxLength: 20, autocomplete: "off" }),
      h("span", { class: "quiet" }, hint),
    ]),
    storageClassNames.length > 0 &&
      h("label", {}, [
        t("new.homeClass"),
        h("select", { name: "homeClass", defaultValue: draft?.["homeClass"] ?? "" }, [
          h("option", { value: "" }, t("new.homeClassUsual")),
          ...storageClassNames.map((name) => h("option", { key: name, value: name }, name)),
        ]),
      ]),
  ]);
}

function field(
  name: string,
  label: string,
  standard: string,
  max: string | undefined,
  t: Shared["words"]["t"],
): JSX.Element {
  return h("label", {}, [
    label,
    h("input", { name, defaultValue: standard, required: true, maxLength: 20, autocomplete: "off" }),
    max !== undefined && h("span", { class: "quiet" }, t("new.upTo", { max })),
  ]);
}

/** What is as the template has it is left to the template: such a desktop may come from a pool. */
export function wantedSession({ name, size }: TemplateView, form: FormData): NewSession {
  const text = (key: string) => {
    const value = form.get(key);
    return typeof value === "string" ? value.trim() : "";
  };
  const resources = {
    ...(text("cpu") !== size.cpu && { cpu: text("cpu") }),
    ...(text("memory") !== size.memory && { memory: text("memory") }),
    ...(size.gpu > 0 && !form.has("gpu") && { gpu: 0 }),
  };
  const home = {
    ...(text("homeSize") !== "" && { size: text("homeSize") }),
    ...(text("homeClass") !== "" && { storageClassName: text("homeClass") }),
  };
  return {
    template: name,
    ...(text("name") !== "" && { name: text("name") }),
    ...(Object.keys(resources).length > 0 && { resources }),
    ...(!form.has("home") && { home: { enabled: false } }),
    ...(Object.keys(home).length > 0 && { home: { enabled: true, ...home } }),
  };
}
