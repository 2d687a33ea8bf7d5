import { readFileSync, readdirSync } from "node:fs";
import { expect } from "chai";
import { languages, wordsFor } from "../../../portal/pages/words.ts";
import type { MessageKey } from "../../../portal/pages/words.ts";

const folder = new URL("../../../portal/pages/", import.meta.url);

describe("the portal's messages", () => {
  const english = languages["en"]!;
  const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

  for (const [language, messages] of Object.entries(languages))
    it(`${language} has every message, in the same order, with the same values in it`, () => {
      expect(Object.keys(messages)).to.deep.equal(Object.keys(english));
      for (const key of Object.keys(english) as MessageKey[]) {
        expect(messages[key], key).to.match(/\S/);
        expect(placeholders(messages[key]), key).to.deep.equal(placeholders(english[key]));
      }
    });

  it("are all used", () => {
    const files = readdirSync(folder).filter((file) => file.endsWith(".ts"));
    const code = files.map((file) => readFileSync(new URL(file, folder), "utf8")).join("\n");
    const unused = Object.keys(english).filter((key) => {
      const [group = ""] = key.split(".");
      return !code.includes(`"${key}"`) && !code.includes(`\`${group}.\${`);
    });
    expect(unused).to.deep.equal([]);
  });

  it("are in the first language of the browser that there is, else in English, with its way to write times", () => {
    expect(wordsFor(["fr", "de-AT", "en"]).language).to.equal("de");
    expect(wordsFor(["fr"]).language).to.equal("en");
    const now = () => new Date("2026-01-01T12:00:00");
    expect(wordsFor(["de"], now).time("2026-01-01T09:05:00")).to.equal("09:05");
    expect(wordsFor(["en-GB"], now).time("2026-01-02T09:05:00")).to.equal("2 Jan 2026, 09:05");
    expect(wordsFor(["en"]).time("no time")).to.equal("");
  });

  it("make a format when one is shown, and not while the first page is waited for", () => {
    const { DateTimeFormat } = Intl;
    let made = 0;
    Intl.DateTimeFormat = class extends DateTimeFormat {
      constructor(...options: ConstructorParameters<typeof DateTimeFormat>) {
        super(...options);
        made++;
      }
    } as typeof DateTimeFormat;
    try {
      const words = wordsFor(["en"]);
      expect(made).to.equal(0);
      for (let times = 0; times < 2; times++) words.time("2026-01-01T09:05:00");
      expect(made).to.equal(1);
    } finally {
      Intl.DateTimeFormat = DateTimeFormat;
    }
  });

  it("take values as they are, also those that look like placeholders", () => {
    expect(wordsFor(["en"]).t("action.details", { name: "{title}" })).to.equal("Details of {title}");
  });
});
