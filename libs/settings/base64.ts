/** Bytes of a base64 text, or where it stops being base64. */
export type Base64Result = { readonly bytes: Uint8Array } | { readonly problem: string };

const STANDARD = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const FIRST_FOREIGN = /[^A-Za-z0-9+/=]/;

/**
 * Standard padded base64 as Go's decoder reads it: CR and LF are skipped and the unused bits of the last
 * digit are not checked, so one value has several texts (test/requirements/texts.md 2.2). The problem text never quotes
 * the input, which may be a private key.
 */
export function decodeBase64(text: string): Base64Result {
  const digits = text.replaceAll(/[\r\n]/g, '');
  if (STANDARD.test(digits)) return { bytes: new Uint8Array(Buffer.from(digits, 'base64')) };
  const foreign = digits.search(FIRST_FOREIGN);
  if (foreign !== -1) return { problem: `character ${foreign + 1} is none of base64` };
  return { problem: `a part is missing: base64 comes in groups of 4 characters, and has ${digits.length}` };
}

/** Standard padded base64. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
