// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { setUpLanguage } from "../../src/i18n/index.ts";
import type { MessageLoader } from "../../src/i18n/index.ts";

const entry: MessageLoader = (locale) => Promise.resolve({ greeting: { hello: locale === "zh" ? "您好" : "Hello" } });
const screens: MessageLoader = (locale) => Promise.resolve({ screens: { home: locale === "zh" ? "走访" : "Visits" } });
const storage = (): Storage => ({ getItem: () => null, setItem: () => undefined }) as unknown as Storage;

describe("words that come later", () => {
  it("join those that are there, in whichever language is used then", async () => {
    const { t: say, switchLocale, extend } = await setUpLanguage(entry, storage());
    expect(say("screens.home")).toBe("screens.home");

    await extend(screens);
    expect([say("greeting.hello"), say("screens.home")]).toEqual(["您好", "走访"]);
    await switchLocale("en");
    expect([say("greeting.hello"), say("screens.home")]).toEqual(["Hello", "Visits"]);
  });

  it("also follow in a language that was used before they were asked for", async () => {
    const { t: say, switchLocale, extend } = await setUpLanguage(entry, storage());
    await switchLocale("en");
    await switchLocale("zh");
    await extend(screens);

    await switchLocale("en");

    expect(say("screens.home")).toBe("Visits");
  });

  it("stand in Chinese where the language in use lacks them, and by their key where nothing has them", async () => {
    const { t, te, switchLocale } = await setUpLanguage((locale) => Promise.resolve(locale === "zh" ? { only: { zh: "仅中文" } } : {}), storage());
    await switchLocale("en");

    expect([t("only.zh"), te("only.zh"), t("nowhere.at_all")]).toEqual(["仅中文", false, "nowhere.at_all"]);
  });

  it("are asked for again when they could not be fetched", async () => {
    const { t: say, extend } = await setUpLanguage(entry, storage());
    let tries = 0;
    const shaky: MessageLoader = (locale) => ((tries += 1) === 1 ? Promise.reject(new Error("offline")) : screens(locale));

    await expect(extend(shaky)).rejects.toThrow("offline");
    await extend(shaky);

    expect(say("screens.home")).toBe("走访");
  });
});
