import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import en from "../../src/i18n/en/words-desk.json";
import zh from "../../src/i18n/zh/words-desk.json";
import { faultWords, PARAMETER_SETS, problemWords } from "../../src/i18n/problems.ts";
import { wordsOf } from "./words.ts";

const chinese = wordsOf(zh);
const english = wordsOf(en);

test("a problem is worded from its code and parameters in the language of the screen, whatever language it came in", () => {
  const problem = { type: "/problems/too-large", title: "内容太大", detail: "照片超过 40 MB。", code: "photo-too-large", params: { limit: 40 } };

  expect(problemWords(problem, english)).toBe("The photo is larger than 40 MB.");
  expect(problemWords(problem, chinese)).toBe("照片超过 40 MB。");
});

test("a parameter that is a code is worded too", () => {
  const problem = { type: "/problems/event-not-possible", title: "", code: "event-not-possible", params: { reason: "not_assigned" } };

  expect(problemWords(problem, chinese)).toBe("还没有下达整改。");
  expect(faultWords({ code: "wrong-type", params: { wanted: "array" } }, english)).toBe("This must be a list");
});

test("a code that this build does not know shows the server's sentence", () => {
  expect(problemWords({ type: "/problems/brand-new", title: "新", detail: "详情。", code: "brand-new" }, english)).toBe("详情。");
  expect(faultWords({ code: "brand-new", params: {} }, chinese)).toBe("写法不对");
});

test("a problem that an older release stored without code or parameters shows no empty places", () => {
  const counted = { type: "/problems/answers-invalid", title: "有答案不符合检查表", detail: "2 处答案不符合检查表。" };

  expect(problemWords(counted, chinese)).toBe("2 处答案不符合检查表。");
  expect(problemWords({ type: "/problems/not-allowed", title: "您没有这项权限" }, english)).toBe("You may not do this");
});

test("the parameters that hold codes are those that the vocabulary names", () => {
  const members = ["faults", "problems"].flatMap((file) => {
    const sets = JSON.parse(readFileSync(new URL(`../../../vocabulary/${file}.json`, import.meta.url), "utf8")) as Record<string, { members: Record<string, { params?: Record<string, string> }> }>;
    return Object.values(sets).flatMap((set) => Object.values(set.members));
  });
  const named = members.flatMap((member) => Object.entries(member.params ?? {})).filter(([, kind]) => kind !== "text" && kind !== "number");

  expect(Object.fromEntries(named)).toEqual(PARAMETER_SETS);
});
