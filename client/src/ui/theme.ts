/** Day, night or direct sun; without a choice the phone's own setting decides between day and night. */
import { readonly, ref } from "vue";

export type Theme = "light" | "dark" | "sunlight";
export const THEMES: readonly Theme[] = ["light", "dark", "sunlight"];

const KEY = "theme";
const current = ref<Theme>("light");
export const theme = readonly(current);

export function showChosenTheme(browser: Window = window): void {
  show(kept(browser) ?? (browser.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"), browser);
}

export function chooseTheme(next: Theme, browser: Window = window): void {
  try {
    browser.localStorage.setItem(KEY, next);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  show(next, browser);
}

function show(next: Theme, browser: Window): void {
  current.value = next;
  browser.document.documentElement.dataset["theme"] = next;
  const bar = { light: "#0b4ea2", dark: "#0d2b57", sunlight: "#ffffff" }[next];
  browser.document.querySelector('meta[name="theme-color"]')?.setAttribute("content", bar);
}

function kept(browser: Window): Theme | null {
  try {
    return THEMES.find((each) => each === browser.localStorage.getItem(KEY)) ?? null;
  } catch {
    return null;
  }
}
