import { h } from "preact";
import type { JSX } from "preact";
import { useCallback, useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { Me } from "../api/schemas.ts";
import { AdminPage } from "./admin.ts";
import { api, ApiError } from "./api.ts";
import { Drafts } from "./drafts.ts";
import { follow } from "./follow.ts";
import type { Connection } from "./follow.ts";
import { GalleryPage } from "./gallery.ts";
import { NewPage } from "./new-desktop.ts";
import { useIdleWarnings } from "./idle.ts";
import { renewInTime } from "./renewal.ts";
import { pageOf } from "./routes.ts";
import type { Page } from "./routes.ts";
import { SessionPage } from "./session.ts";
import { Frame, SignInPage } from "./frame.ts";
import { changed, nothingYet } from "./state.ts";
import type { Desktops } from "./state.ts";
import type { Words } from "./words.ts";

/** What every page is given. */
export interface Shared {
  readonly words: Words;
  readonly me: Me;
  readonly desktops: Desktops;
  readonly drafts: Drafts;
  readonly go: (path: string) => void;
  /** Says something to the person, also to a screen reader. */
  readonly say: (message: string) => void;
  /** Does something and says why when it fails. */
  readonly attempt: (work: () => Promise<void>) => Promise<void>;
}

export function App({ words }: { words: Words }): JSX.Element {
  const [me, setMe] = useState<Me | "nobody" | undefined>();
  const [page, setPage] = useState<Page>(() => pageOf(location.pathname));
  const [desktops, setDesktops] = useState<Desktops | undefined>();
  const [connection, setConnection] = useState<Connection>("live");
  const [message, setMessage] = useState("");
  const [hasEnded, setHasEnded] = useState(false);
  const signedOut = () => {
    setHasEnded(true);
    setMe("nobody");
  };

  const go = useCallback((path: string) => {
    history.pushState(undefined, "", path);
    setPage(pageOf(path));
    setMessage("");
    scrollTo(0, 0);
    // Whoever works by keyboard or hears the page begins at its content.
    document.getElementById("content")?.focus();
  }, []);
  useEffect(() => {
    const back = () => setPage(pageOf(location.pathname));
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);

  // Requests do not wait for the browser to draw what stands there before they are answered.
  useLayoutEffect(() => {
    api.me().then(setMe, (error: unknown) => {
      setMe("nobody");
      if (!(error instanceof ApiError && error.status === 401)) setConnection("away");
    });
  }, []);

  const isSignedIn = me !== undefined && me !== "nobody";
  const seesAll = isSignedIn && me.isAdmin && (page.name === "admin" || page.name === "session");
  useLayoutEffect(() => {
    if (!isSignedIn) return undefined;
    return follow(seesAll, {
      change: (change) => setDesktops((before) => changed(before ?? nothingYet, change)),
      connection: setConnection,
      signedOut,
    });
  }, [isSignedIn, seesAll]);

  const expiresAt = isSignedIn ? me.expiresAt : undefined;
  useEffect(() => {
    if (expiresAt === undefined) return undefined;
    return renewInTime(expiresAt, (end) =>
      setMe((known) => (known === undefined || known === "nobody" ? known : { ...known, expiresAt: end })),
    );
  }, [expiresAt]);

  const own = isSignedIn ? me.user : undefined;
  const idle = (desktops?.sessions ?? []).filter(({ user, idleWarning }) => user === own && idleWarning !== undefined);
  const [warned] = idle;
  useIdleWarnings(idle, words);
  useEffect(() => {
    const subject = subjectOf(page, words);
    document.title = `${warned ? `⚠ ${warned.name} · ` : ""}${subject}${words.t("title")}`;
  }, [warned?.name, page]);

  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) signedOut();
      else setMessage(error instanceof ApiError && error.status > 0 ? error.message : words.t("error.unreachable"));
    }
  };

  if (me === undefined) return h("main", { class: "plain" }, words.t("loading"));
  if (me === "nobody") return h(SignInPage, { words, hasEnded, isAway: connection === "away" });
  const drafts = new Drafts(sessionStorage, me.user);
  const shared = { words, me, drafts, desktops: desktops ?? nothingYet, go, say: setMessage, attempt };
  const content = desktops ? pageContent(page, shared) : h("p", {}, words.t("loading"));
  return h(Frame, { ...shared, page, connection, message, dismiss: () => setMessage("") }, content);
}

function pageContent(page: Page, shared: Shared): JSX.Element {
  const { words, me, go } = shared;
  if (page.name === "gallery") return h(GalleryPage, shared);
  if (page.name === "session") return h(SessionPage, { ...shared, name: page.session, key: page.session });
  if (page.name === "new") return h(NewPage, { ...shared, template: page.template, key: page.template });
  if (page.name === "admin" && me.isAdmin) return h(AdminPage, shared);
  return h("div", {}, [
    h("h1", {}, words.t("title")),
    h("p", {}, words.t("notFound")),
    h("button", { onClick: () => go("/") }, words.t("back")),
  ]);
}

function subjectOf(page: Page, { t }: Words): string {
  if (page.name === "session") return `${page.session} · `;
  if (page.name === "new") return `${t("gallery")} · `;
  return page.name === "admin" ? `${t("admin")} · ` : "";
}
