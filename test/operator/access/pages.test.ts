import { expect } from "chai";
import fc from "fast-check";
import {
  pageHeaders,
  pageHtml,
  refusalPages,
  stuckPage,
  throttledPage,
  unavailablePage,
  waitingPage,
} from "../../../operator/access/pages.ts";
import { anyText } from "../any-text.ts";

describe("pages for people", () => {
  it("show a message as text, whatever is in it", () => {
    fc.assert(
      fc.property(anyText(), (message) => {
        const html = pageHtml(waitingPage(`x${message}`));
        expect(html.match(/</g)).to.have.length((pageHtml(waitingPage("x")).match(/</g) ?? []).length);
        expect(html.match(/"/g)).to.have.length((pageHtml(waitingPage("x")).match(/"/g) ?? []).length);
      }),
    );
  });

  it("run and load nothing", () => {
    expect(pageHeaders["Content-Security-Policy"]).to.match(
      /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'$/,
    );
    for (const page of [...Object.values(refusalPages), stuckPage("m"), throttledPage(1), unavailablePage])
      expect(pageHtml(page)).to.not.match(/<script|src=|href=|url\(|style=/);
  });

  it("ask again by themselves when waiting helps, and only then", () => {
    for (const page of [waitingPage("m"), stuckPage("m"), unavailablePage])
      expect(pageHtml(page)).to.contain('http-equiv="refresh"');
    for (const page of Object.values(refusalPages)) expect(pageHtml(page)).to.not.contain("refresh");
  });

  it("say what to do in every refusal", () => {
    for (const { title, text } of Object.values(refusalPages)) {
      expect(title).to.match(/^[A-Z].*[^.]$/);
      expect(text).to.match(/^[A-Z].*\b(ask for|tell|start|open|sign in|get a new one|reload)\b.*\.$/i);
    }
  });
});
