import type { EndedSpan, Tracer } from './tracer.ts';

/** A tracer that a test can read, with a clock of its own. */
export class MemoryTracer implements Tracer {
  readonly isOn = true;
  readonly spans: EndedSpan[] = [];
  leftOutCount = 0;
  /** Traces that are not recorded. */
  readonly unrecorded = new Set<string>();
  clockMs = 1_000;
  #made = 0;

  isRecorded(traceId: string): boolean {
    return !this.unrecorded.has(traceId);
  }

  nowMs(): number {
    return this.clockMs;
  }

  newSpanId(): string {
    this.#made += 1;
    return this.#made.toString(16).padStart(16, '0');
  }

  ended(span: EndedSpan): void {
    this.spans.push(span);
  }

  leftOut(count: number): void {
    this.leftOutCount += count;
  }

  /** The spans of this name, in the order in which they ended. */
  named(name: string): readonly EndedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }
}
