// What happens when two histories meet: mirrors the Python package sync/. No Vue, no storage, no clock of its own.
export * from "./hazards.ts";
export * from "./receipts.ts";
export * from "./records.ts";
export * from "./retry.ts";
export * from "./times.ts";
