import { describe, expect, it } from "vitest";
import { matchesSearch } from "../../../src/field/local/subjects.ts";
import { aSubject } from "../fakes.ts";

const subject = aSubject({ name: "巴公煤矿", initials: "bgmk", pinyin: "bagongmeikuang", town_name: "巴公镇" });

describe("searching a subject", () => {
  it.each(["煤矿", "bgmk", "BGMK", "bagong", "ba gong", "Meikuang", "巴公镇", " "])("finds it by “%s”", (query) => {
    expect(matchesSearch(subject, query)).toBe(true);
  });

  it.each(["mkbg", "gong ba", "铁矿"])("does not find it by “%s”", (query) => {
    expect(matchesSearch(subject, query)).toBe(false);
  });

  it("finds by initials what was kept before pinyin travelled", () => {
    const { pinyin: _, ...older } = subject;

    expect(matchesSearch(older, "bgmk")).toBe(true);
    expect(matchesSearch(older, "bagong")).toBe(false);
  });
});
