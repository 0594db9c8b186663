import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { wordingFrom } from "../../src/i18n/wording.ts";

type Node = string | { [key: string]: Node };

function paths(node: Node, at = ""): [string, string][] {
  if (typeof node === "string") return [[at, node]];
  return Object.entries(node).flatMap(([key, value]) => paths(value, at === "" ? key : `${at}.${key}`));
}

function read(locale: string, file: string): Map<string, string> {
  return new Map(paths(JSON.parse(readFileSync(`src/i18n/${locale}/${file}`, "utf8")) as Node));
}

const places = (message: string | undefined): string[] => (message?.match(/\{\s*\w+\s*\}/g) ?? []).map((place) => place.replace(/\s/g, "")).sort();

describe("wording", () => {
  it.each([
    ["正在上传 {sent}/{total}", { sent: 3, total: 8 }, "正在上传 3/8"],
    ["没有空位", {}, "没有空位"],
    ["{ name } 您好", { name: "王芳" }, "王芳 您好"],
    ["缺少的留空：{nothing}。", {}, "缺少的留空：。"],
    ["a|b@c", {}, "a|b@c"],
  ])("%s", (message, values, expected) => {
    expect(wordingFrom(message)(values)).toBe(expected);
  });
});

describe("both languages", () => {
  it.each(readdirSync("src/i18n/zh"))("say the same things with the same places in %s", (file) => {
    const zh = read("zh", file);
    const en = read("en", file);

    expect([...en.keys()].sort()).toEqual([...zh.keys()].sort());
    for (const [key, message] of zh) expect([key, places(en.get(key))]).toEqual([key, places(message)]);
  });
});
