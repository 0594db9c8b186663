/** Whether the privacy notice was read on this phone. A changed notice gets a new number and is shown again. */
const KEY = "privacy-notice";
const CURRENT = "1";

export function noticeWasRead(browser: Window = window): boolean {
  try {
    return browser.localStorage.getItem(KEY) === CURRENT;
  } catch {
    return false;
  }
}

export function markNoticeRead(browser: Window = window): void {
  try {
    browser.localStorage.setItem(KEY, CURRENT);
  } catch {
    // Without storage it is shown again next time, which does no harm.
  }
}
