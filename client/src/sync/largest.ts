/** The most that one record may hold, the same on the phone and at intake. */
import numbers from "../../../sync/largest.json";

export const LARGEST: Readonly<Omit<typeof numbers, "what">> = numbers;
