const COLON = 0x3a;
const EQUALS = 0x3d;
const OTHER_BIT = 0x80;

/** The kvstore refuses a transaction that begins or ends with the sign, so the smallest has a key and a value. */
export const KEY_VALUE_BYTES_MIN = 3;

/**
 * The same bytes as the kvstore of CometBFT takes them, `key=value`: the sign stands in the middle, and each other `=` or `:`
 * is another byte, one in 128 of random ones.
 */
export function keyValue(bytes: Uint8Array): Uint8Array {
  if (bytes.length < KEY_VALUE_BYTES_MIN)
    throw new Error(
      `a transaction of ${bytes.length} bytes has no room for key=value: ${KEY_VALUE_BYTES_MIN} are the least`,
    );
  const pair = bytes.map((byte) => (byte === COLON || byte === EQUALS ? byte ^ OTHER_BIT : byte));
  pair[Math.floor(pair.length / 2)] = EQUALS;
  return pair;
}
