import { describe, expect, it } from "vitest";
import { circleBetween, markPlace } from "../../../src/field/components/mark-place.ts";
import { openCamera } from "../../../src/field/components/viewfinder.ts";

describe("a circle drawn with a finger", () => {
  it("has its middle where the finger began and reaches to where it ended, on a picture twice as wide as high", () => {
    expect(circleBetween({ x: 0.5, y: 0.5 }, { x: 0.7, y: 0.5 }, 2)).toEqual({ shape: "circle", x: 0.5, y: 0.5, r: 0.2 });
    // A tenth of the height is a twentieth of the width here.
    expect(circleBetween({ x: 0.5, y: 0.5 }, { x: 0.5, y: 0.6 }, 2)).toEqual({ shape: "circle", x: 0.5, y: 0.5, r: 0.05 });
  });

  it("is a thumb's width after a tap, and stays within the picture", () => {
    expect(circleBetween({ x: 0.3, y: 0.4 }, { x: 0.301, y: 0.4 }, 1)).toEqual({ shape: "circle", x: 0.3, y: 0.4, r: 0.1 });
    expect(circleBetween({ x: -0.2, y: 1.4 }, { x: 5, y: 0 }, 1)).toEqual({ shape: "circle", x: 0, y: 1, r: 0.5 });
  });

  it("is shown where it was drawn", () => {
    const mark = circleBetween({ x: 0.25, y: 0.5 }, { x: 0.35, y: 0.5 }, 4 / 3);

    expect(markPlace(mark, 4 / 3, true)).toEqual({ left: "15%", top: "36.67%", width: "20%" });
  });
});

describe("the viewfinder", () => {
  it("is not there without a camera, a permission or a secure address", async () => {
    expect(await openCamera(undefined)).toBeNull();
    expect(await openCamera({ getUserMedia: () => Promise.reject(new DOMException("denied", "NotAllowedError")) })).toBeNull();
  });
});
