/** The version of this software, that of package.json: a test holds the two together. */
export const SOFTWARE_VERSION = '0.2.0';

const VERSION = /^(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})$/;

/** Whether a text names a version: three numbers, joined by dots. */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/** Whether the version `needed` is above `present`. Both are versions. */
export function isNewer(needed: string, present: string): boolean {
  const [ours, theirs] = [present, needed].map((text) => text.split('.').map(Number));
  const at = theirs?.findIndex((part, index) => part !== ours?.[index]) ?? -1;
  return at >= 0 && (theirs?.[at] ?? 0) > (ours?.[at] ?? 0);
}

/** The sentence for bytes that name the least version of btcfed that reads them; undefined when this version does. */
export function needsFault(needs: string): string | undefined {
  if (!isNewer(needs, SOFTWARE_VERSION)) return undefined;
  return `it needs btcfed ${needs} or later, and this is ${SOFTWARE_VERSION}; install that version`;
}
