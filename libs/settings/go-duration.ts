const UNIT_NANOSECONDS: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
]);

const WHOLE = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
const NANOSECONDS_PER_MS = 1e6;
const TEXT_LENGTH_MAX = 64;

/**
 * Milliseconds of a duration as Go's time.ParseDuration reads it (`10s`, `1m30s`, `1500ms`, `1.5h`), or undefined.
 * A bare `0` is the only number that needs no unit.
 */
export function parseGoDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (text.length > TEXT_LENGTH_MAX || !WHOLE.test(text)) return undefined;
  let nanoseconds = 0;
  for (const [, amount, unit] of text.matchAll(PART)) {
    nanoseconds += Number(amount) * (UNIT_NANOSECONDS.get(unit ?? '') ?? Number.NaN);
  }
  const milliseconds = nanoseconds / NANOSECONDS_PER_MS;
  return text.startsWith('-') ? -milliseconds : milliseconds;
}

/** The shortest text of whole milliseconds: `30s`, `1500ms`. */
export function goDuration(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}
