/** Takes finished log lines, each with its line feed. Never throws and never waits longer than a moment. */
export interface LineSink {
  write(line: string): void;
}

/** Writes some of `data`, at least one byte, and says how many. */
export type WriteSome = (data: Uint8Array) => number;

/** Writes all of `data`. @throws the error of `write`; a part may be written then. */
export function writeWhole(write: WriteSome, data: Uint8Array): void {
  for (let rest = data; rest.length > 0; ) rest = rest.subarray(write(rest));
}

/** The line that replaces lost ones. */
export function lossNotice(lostCount: number): Buffer {
  return warning('log lines lost', { lost_count: lostCount });
}

/** The line that tells of a rotated file that could not be deleted. */
export function deletionNotice(reason: string): Buffer {
  return warning('rotated log file could not be deleted', { reason });
}

function warning(message: string, facts: Readonly<Record<string, string | number>>): Buffer {
  const time = new Date().toISOString();
  return Buffer.from(`${JSON.stringify({ level: 'warn', time, message, ...facts })}\n`);
}

/** Blocks this process: for a moment that is shorter than giving up the turn would take. */
export function blockFor(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
}

/** The code of an error of the system, such as ENOSPC; empty for any other. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
