import { equalBytes } from '#libs/bytes/bytes.ts';

/** Version of the bytes after the hello; another version is another language. */
const WIRE_VERSION = 1;

/** First 8 bytes of the genesis digest. */
export const CHAIN_TAG_BYTES = 8;

const VERSION_BYTES = 4;
const HELLO_BYTES = VERSION_BYTES + CHAIN_TAG_BYTES;

/** Largest first frame that is looked at: a later version may say more. */
export const HELLO_BYTES_MAX = 1024;

/** Payload of the first frame on every stream: version (big-endian u32), then the chain tag. */
export function encodeHello(chainTag: Uint8Array): Uint8Array {
  const hello = Buffer.alloc(HELLO_BYTES);
  hello.writeUInt32BE(WIRE_VERSION);
  hello.set(chainTag, VERSION_BYTES);
  return hello;
}

/** The reason why a hello is refused. */
export type HelloFault = 'malformed hello' | 'another wire version' | 'another chain';

/** Compares a peer's hello with our own chain; undefined means that both speak of the same thing. */
export function judgeHello(payload: Uint8Array, chainTag: Uint8Array): HelloFault | undefined {
  if (payload.length < HELLO_BYTES) return 'malformed hello';
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (bytes.readUInt32BE() !== WIRE_VERSION) return 'another wire version';
  if (!equalBytes(bytes.subarray(VERSION_BYTES, HELLO_BYTES), chainTag)) return 'another chain';
  return payload.length === HELLO_BYTES ? undefined : 'malformed hello';
}
