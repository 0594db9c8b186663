/** Questions that brought nothing are asked again after a while, the next time after twice as long. In monotonic milliseconds. */
export class Pauses {
  private readonly first_ms: number;
  private readonly longest_ms: number;
  private readonly put_off = new Map<string, { due_ms: number; times: number }>();

  constructor(first_ms: number, longest_ms: number) {
    this.first_ms = first_ms;
    this.longest_ms = longest_ms;
  }

  isDue(question: string, now_ms: number): boolean {
    return (this.put_off.get(question)?.due_ms ?? 0) <= now_ms;
  }

  putOff(question: string, now_ms: number): void {
    const times = this.put_off.get(question)?.times ?? 0;
    this.put_off.set(question, { due_ms: now_ms + Math.min(this.longest_ms, this.first_ms * 2 ** Math.min(times, 20)), times: times + 1 });
  }

  /** When the next one that still waits is due; Infinity when none does. */
  nextDue(now_ms: number): number {
    return Math.min(...[...this.put_off.values()].map(({ due_ms }) => (due_ms > now_ms ? due_ms : Infinity)));
  }
}
