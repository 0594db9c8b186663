/** Takes Vant's embedded icon font (25 KB, and an outside font address) out of the build; our icons are SVG. */
import type { Plugin } from "vite";

const VANT_ICON_STYLE = /vant[\\/]es[\\/]icon[\\/]index\.css/;

export function stripIconFont(): Plugin {
  return {
    name: "strip-vant-icon-font",
    enforce: "pre",
    transform(code, id) {
      if (!VANT_ICON_STYLE.test(id)) return null;
      return { code: withoutFontFace(code), map: null };
    },
  };
}

export function withoutFontFace(css: string): string {
  return css.replace(/@font-face\s*\{[^}]*\}/g, "");
}
