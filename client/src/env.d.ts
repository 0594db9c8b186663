/// <reference types="vite/client" />

declare module "*.vue" {
  import type { DefineComponent } from "vue";
  const component: DefineComponent<object, object, unknown>;
  export default component;
}

declare module "virtual:shapes" {
  import type { Schemas } from "./api/fits.ts";
  const schemas: Schemas;
  /** Another one when anything of them is another. */
  export const version: string;
  export default schemas;
}
