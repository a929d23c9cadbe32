/** The longest name of a kind, in evidence and on the wire. */
export const KIND_BYTES_MAX = 16;

/** Whether a text can be the name of a kind: in a table, in evidence and on the wire. */
export function isKindName(text: string): boolean {
  return /^[a-z-]+$/.test(text) && text.length <= KIND_BYTES_MAX;
}
