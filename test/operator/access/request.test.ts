import { expect } from "chai";
import fc from "fast-check";
import { readRequest, waitingUrl } from "../../../operator/access/request.ts";
import type { DesktopRequest } from "../../../operator/access/request.ts";
import { anyText } from "../any-text.ts";

/** As node:http reads headers that came once each, or as often as a list says. */
function read(headers: Record<string, string | string[]>, userHeader?: string): DesktopRequest | undefined {
  const lists = Object.entries(headers).map(([name, value]) => [name, [value].flat()] as const);
  return readRequest(
    {
      headers: Object.fromEntries(lists.map(([name, values]) => [name, values.join("; ")])),
      headersDistinct: Object.fromEntries(lists.map(([name, values]) => [name, [...values]])),
    },
    userHeader,
  );
}

const host = { "x-forwarded-host": "abc.example.com" };
const ofPath = (uri: string) => {
  const { path, linkToken } = read({ ...host, "x-forwarded-uri": uri })!;
  return { path, linkToken };
};

describe("a request, as Traefik tells of it", () => {
  it("has its host without port, final dot and capitals, and keeps the port for redirects", () => {
    for (const [given, name, authority] of [
      ["abc.example.com", "abc.example.com", "abc.example.com"],
      ["ABC.Example.com.", "abc.example.com", "abc.example.com"],
      ["abc.example.com:8443", "abc.example.com", "abc.example.com:8443"],
      ["abc.example.com.:443", "abc.example.com", "abc.example.com:443"],
    ] as const) {
      const request = read({ "x-forwarded-host": given });
      expect([request?.host, request?.authority]).to.deep.equal([name, authority]);
    }
  });

  it("is none when its host is no name", () => {
    for (const given of [
      "",
      ".",
      "-a",
      "a b",
      "a/b",
      "a\\b",
      "a@evil.com",
      "a:b",
      "a:123456",
      "[::1]",
      "é.com",
      "a\u0000b",
    ])
      expect(read({ "x-forwarded-host": given }), given).to.equal(undefined);
    expect(read({})).to.equal(undefined);
  });

  it("is none when a header that decides is there twice", () => {
    for (const name of [
      "x-forwarded-host",
      "x-forwarded-uri",
      "x-forwarded-method",
      "authorization",
      "origin",
      "sec-fetch-site",
      "sec-fetch-mode",
      "sec-fetch-dest",
      "sec-fetch-user",
      "x-user",
    ]) {
      const twice = { ...host, [name]: ["abc.example.com", "abc.example.com"] };
      expect(read(twice, "X-User"), name).to.equal(undefined);
    }
  });

  it("takes the link's token out of the address and leaves the rest as it is", () => {
    expect(ofPath("/?vdi_token=t")).to.deep.equal({ path: "/", linkToken: "t" });
    expect(ofPath("/a%2Fb?x=%zz&vdi_token=t&y&&z=1")).to.deep.equal({ path: "/a%2Fb?x=%zz&y&&z=1", linkToken: "t" });
    expect(ofPath("/a?x=1")).to.deep.equal({ path: "/a?x=1", linkToken: undefined });
    expect(ofPath("/?vdi_token")).to.deep.equal({ path: "/", linkToken: "" });
    expect(ofPath("/?my_vdi_token=t")).to.deep.equal({ path: "/?my_vdi_token=t", linkToken: undefined });
    expect(ofPath("/?vdi_token=a&vdi_token=b")).to.deep.equal({ path: "/", linkToken: "" });
    expect(ofPath("/?vdi_token=a#vdi_token=b")).to.deep.equal({ path: "/", linkToken: "a" });
  });

  it("takes the mark of a waiting page out of the address, and puts it there for the next time", () => {
    const of = (uri: string) => read({ ...host, "x-forwarded-uri": uri })!;
    expect([of("/a?x=1&vdi_waiting").isWaiting, of("/a?x=1&vdi_waiting").path]).to.deep.equal([true, "/a?x=1"]);
    expect([of("/a?vdi_waiting").isWaiting, of("/a?vdi_waiting").path]).to.deep.equal([true, "/a"]);
    expect([of("/a").isWaiting, of("/a?my_vdi_waiting").isWaiting]).to.deep.equal([false, false]);
    for (const uri of ["/a", "/a?x=1", "//evil.com/", "/a?vdi_waiting"]) {
      const again = new URL(waitingUrl(of(uri)));
      expect(again.origin).to.equal("https://abc.example.com");
      expect(of(`${again.pathname}${again.search}`)).to.deep.include({ isWaiting: true, path: of(uri).path });
    }
  });

  it("has a path that leads nowhere but to its own host, whatever the address is", () => {
    const tricks = fc.constantFrom(
      "//evil.com",
      "/\\evil.com",
      "@evil.com",
      "http://evil.com/",
      ".evil.com",
      ":80@evil.com",
      "*",
    );
    const encoded = anyText().map((text) => encodeURIComponent(text));
    const paths = fc.array(encoded).map((segments) => `/${segments.join("/")}`);
    fc.assert(
      fc.property(fc.oneof(tricks, fc.string(), paths), fc.oneof(fc.string(), encoded), (address, query) => {
        const { path } = ofPath(`${address}?${query}`);
        expect(new URL(`https://abc.example.com${path}`).origin).to.equal("https://abc.example.com");
        expect(path).to.match(/^\/[\x21-\x7e]*$/);
      }),
    );
  });

  it("reads four cookies of ours at the most, of however many", () => {
    const cookie = ["a=1", ...Array.from({ length: 900 }, (_, index) => `__Host-vdi-session=${index}`)].join("; ");
    expect(read({ ...host, cookie })?.cookies).to.deep.equal(["0", "1", "2", "3"]);
    expect(read({ ...host, cookie: "x__Host-vdi-session=1; =; ;; __Host-vdi-sessions=1" })?.cookies).to.deep.equal([]);
  });

  it("leaves the desktop its own cookies, and none that lets people in", () => {
    const cookie = "a=1;__Host-vdi-session=x; _oauth2_proxy_0=y; _oauth2_proxy=z ; b=2=3; ; __Host-vdi-session=x; c";
    expect(read({ ...host, cookie })?.desktopCookies).to.equal("a=1; b=2=3; c");
    expect(read({ ...host, cookie: "__Host-vdi-session=x" })?.desktopCookies).to.equal("");
  });

  it("reads a password in UTF-8 with colons in it, and none that is malformed", () => {
    const of = (authorization: string) => read({ ...host, authorization })?.password;
    const encoded = (text: string | Buffer) => Buffer.from(text as string).toString("base64");
    expect(of(`Basic ${encoded("jörg:a:b")}`)).to.deep.equal({ user: "jörg", password: "a:b" });
    expect(of(`basic ${encoded(":")}`)).to.deep.equal({ user: "", password: "" });
    for (const it of [
      `Basic ${encoded("no colon")}`,
      `Basic ${encoded(Buffer.from([0xff, 0x3a]))}`,
      "Basic",
      "Basic !",
      "Bearer x",
    ])
      expect(of(it), it).to.equal(undefined);
  });

  it("believes the configured user header alone, reads it as UTF-8, and takes an empty one for none", () => {
    const bytes = (text: string) => Buffer.from(text).toString("latin1");
    const user = (headers: Record<string, string>) => read({ ...host, ...headers }, "X-Auth-User")?.signedInUser;
    expect(user({ "x-auth-user": bytes("jörg@example.com") })).to.equal("jörg@example.com");
    expect(user({ "x-auth-user": "\xff" })).to.equal("\xff");
    expect(user({ "x-auth-user": "" })).to.equal(undefined);
    expect(user({ x_auth_user: "alice", "x-auth-user-": "alice" })).to.equal(undefined);
    expect(read({ ...host, "x-auth-user": "alice" })?.signedInUser).to.equal(undefined);
  });

  it("tells a page that somebody opens from what a page asks for, and from a WebSocket", () => {
    const kind = (headers: Record<string, string>) => {
      const { isNavigation, isWebSocket } = read({ ...host, ...headers })!;
      return isWebSocket ? "WebSocket" : isNavigation ? "page" : "part";
    };
    const accept = "text/html,application/xhtml+xml";
    expect(kind({ accept })).to.equal("page");
    expect(kind({ accept, "sec-fetch-mode": "navigate" })).to.equal("page");
    expect(kind({ accept, "sec-fetch-mode": "cors" })).to.equal("part");
    expect(kind({ accept, "x-forwarded-method": "POST" })).to.equal("part");
    expect(kind({ accept: "*/*" })).to.equal("part");
    expect(kind({ accept, "sec-websocket-key": "x" })).to.equal("WebSocket");
    expect(kind({ accept, "x-forwarded-method": "CONNECT" })).to.equal("WebSocket");
  });

  it("never throws, whatever the headers hold", () => {
    const names = [
      "x-forwarded-host",
      "x-forwarded-uri",
      "x-forwarded-method",
      "authorization",
      "cookie",
      "accept",
      "x-user",
    ];
    const headers = fc.dictionary(fc.constantFrom(...names), anyText());
    fc.assert(fc.property(headers, (it) => void read({ ...host, ...it }, "x-user")));
  });
});
