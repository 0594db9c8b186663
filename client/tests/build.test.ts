import { describe, expect, it } from "vitest";
import { filesReachableFrom } from "../vite/precache.ts";

describe("the build", () => {
  it("keeps what the phone app reaches and leaves out what only the desk uses", () => {
    const manifest = {
      "index.html": { file: "assets/field.js", imports: ["_shared.js"], dynamicImports: ["src/screen.vue"] },
      "office/index.html": { file: "assets/office.js", imports: ["_shared.js"] },
      "_shared.js": { file: "assets/shared.js", css: ["assets/shared.css"] },
      "src/screen.vue": { file: "assets/screen.js", imports: ["index.html"] },
    };

    const files = filesReachableFrom(manifest, "index.html");

    expect([...files].sort()).toEqual(["assets/field.js", "assets/screen.js", "assets/shared.css", "assets/shared.js"]);
  });
});
