import { withoutSecretTexts } from '#libs/log/redact.ts';
import { BUNDLE_LIMITS } from './limits.ts';

const HIDDEN = '[hidden]';
/** Characters of an inner part of base64 that are enough to tell a secret from anything else. */
const BASE64_CHARACTERS_MIN = 8;
/** Three bytes are four characters, so a secret within a longer text begins at one of three places. */
const BASE64_BYTES = 3;

/** Takes secrets out of a text. */
export type Redaction = (text: string) => string;

/**
 * Takes out what looks like a secret, and these secrets themselves, whatever they look like: as text, in hex and in base64, also
 * where they are parts of longer ones.
 */
export function redactionOf(secrets: readonly Uint8Array[]): Redaction {
  const forms = secrets.slice(0, BUNDLE_LIMITS.secretsMax).flatMap(formsOf);
  // The longest first: the rest of it would still be told after a part was taken out.
  const needles = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  return (text) =>
    withoutSecretTexts(needles.reduce((safe, needle) => safe.replaceAll(needle, HIDDEN), text));
}

function formsOf(secret: Uint8Array): readonly string[] {
  const bytes = Buffer.from(secret);
  const text = bytes.toString('utf8');
  const hex = bytes.toString('hex');
  const isText = Buffer.from(text).equals(bytes);
  return [
    ...(isText ? [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)] : []),
    hex,
    hex.toUpperCase(),
    ...base64Forms(bytes),
  ];
}

/** Its base64 at each of the three places, without the characters that its neighbours share, in both alphabets. */
function base64Forms(bytes: Buffer): readonly string[] {
  return Array.from({ length: BASE64_BYTES }, (_, before) => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64url');
    const first = Math.ceil((before * 4) / BASE64_BYTES);
    const last = Math.floor(((before + bytes.length) * 4) / BASE64_BYTES);
    return padded.slice(first, last);
  }).flatMap((core) =>
    core.length < BASE64_CHARACTERS_MIN ? [] : [core, core.replaceAll('-', '+').replaceAll('_', '/')],
  );
}
