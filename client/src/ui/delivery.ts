/** Where a piece of work is, in the three words that phone and desk both use. */
export type Delivery =
  | { state: "on_phone"; count?: number; savedAt?: string }
  | { state: "uploading"; done: number; total: number }
  | { state: "on_server" };
