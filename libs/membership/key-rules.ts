import { Encoder } from '#libs/bytes/encoder.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { isNewer, needsFault, SOFTWARE_VERSION } from '#libs/chain/software-version.ts';
import { ED25519, KEY_PURPOSES, type MemberKey, purposeName } from './member-keys.ts';
import { isSoundEd25519 } from './sound-ed25519.ts';

/** A member with its further keys; none where it has no `keys`. */
interface KeyHolder {
  readonly name: string;
  readonly keys?: readonly MemberKey[];
}

/** Whether a signature is one of this message by this Ed25519 key. */
export type VerifyEd25519 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** The purposes of further keys that this version has a rule for, each with the version that it came with. Never changed, as every roster with one holds it; reading does not depend on it. */
const RULED: ReadonlyMap<number, string> = new Map([[KEY_PURPOSES.audit, '0.2.0']]);

const POSSESSION_TAG = 'btcfed/key-possession/v1';
const ED25519_KEY_BYTES = 32;
const ED25519_PROOF_BYTES = 64;

/** Whether this version gives a purpose of a further key a meaning. */
export function isRuled(purpose: number): boolean {
  return RULED.has(purpose);
}

/** The least version of btcfed that reads the further keys of these members: the one that a key names itself, or that its purpose needs. Empty where there are none. */
export function keysNeed(members: readonly KeyHolder[]): string {
  let least = '';
  for (const { keys = [] } of members) {
    for (const { purpose, needs } of keys) {
      const one = needs ?? RULED.get(purpose) ?? '';
      if (least === '' || (one !== '' && isNewer(one, least))) least = one;
    }
  }
  return least;
}

/**
 * The bytes that a key signs to prove that its member has it. No chain is named: a member proves its keys before there is one.
 *
 *     text "btcfed/key-possession/v1" | text name of the member | u16 purpose | text scheme | bytes key
 */
export function possessionBytes(
  name: string,
  { purpose, scheme, publicKey }: Pick<MemberKey, 'purpose' | 'scheme' | 'publicKey'>,
): Uint8Array {
  return new Encoder().text(POSSESSION_TAG).text(name).u16(purpose).text(scheme).prefixed(publicKey).finish();
}

/** The fault of further keys by their form alone, or undefined: a member that meets one in a certified block ends with this sentence. */
export function keysFault(members: readonly KeyHolder[]): string | undefined {
  for (const { name, keys = [] } of members) {
    for (const key of keys) {
      const fault = keyFault(key);
      if (fault !== undefined) return `the ${purposeName(key.purpose)} key of ${name}: ${fault}`;
    }
  }
  return undefined;
}

/** The fault of the proofs of further keys, whose form is right; or undefined. */
export function possessionFault(members: readonly KeyHolder[], verify: VerifyEd25519): string | undefined {
  for (const { name, keys = [] } of members) {
    for (const key of keys) {
      const fault = proofFault(name, key, verify);
      if (fault !== undefined) return `the ${purposeName(key.purpose)} key of ${name}: ${fault}`;
    }
  }
  return undefined;
}

/** The own rule comes first: no library is asked about what two of them judge differently. */
function proofFault(name: string, key: MemberKey, verify: VerifyEd25519): string | undefined {
  const { publicKey, proof } = key;
  if (!isSoundEd25519(publicKey, proof))
    return `key or proof is of a form that no honest signer makes and that libraries judge differently; ${name} makes another key`;
  if (verify(publicKey, possessionBytes(name, key), proof)) return undefined;
  return `it did not sign its proof of possession; take the member.json that ${name} made`;
}

/** The fault of keys that two members have, or one has for two purposes. */
export function sharedKeyFault(
  members: readonly (KeyHolder & { readonly gatewayPublicKey: Uint8Array })[],
): string | undefined {
  const seen = new Map(members.map(({ name, gatewayPublicKey }) => [toHex(gatewayPublicKey), name]));
  for (const { name, keys = [] } of members) {
    for (const { purpose, publicKey } of keys) {
      const other = seen.get(toHex(publicKey));
      if (other !== undefined)
        return `the ${purposeName(purpose)} key of ${name} is also a key of ${other}; every key has one purpose and one member`;
      seen.set(toHex(publicKey), name);
    }
  }
  return undefined;
}

function keyFault({ purpose, scheme, publicKey, proof, needs }: MemberKey): string | undefined {
  const strange = needs === undefined ? undefined : needsFault(needs);
  if (strange !== undefined) return strange;
  const ruled = RULED.get(purpose);
  if (ruled === undefined) {
    const cure = 'leave the key out, or install a version that has one';
    return `btcfed ${SOFTWARE_VERSION} has no rule for it: ${cure}`;
  }
  if (needs !== undefined)
    return `its list of members says that it needs btcfed ${needs}, and such keys need ${ruled}: whoever made the change makes it anew by btcfed`;
  if (scheme !== ED25519) return `scheme ${JSON.stringify(scheme)}, and this version has ${ED25519}`;
  if (publicKey.length !== ED25519_KEY_BYTES)
    return `${publicKey.length} bytes, and ${ED25519} keys have ${ED25519_KEY_BYTES}`;
  if (proof.length !== ED25519_PROOF_BYTES)
    return `a proof of possession of ${proof.length} bytes, and ${ED25519} signatures have ${ED25519_PROOF_BYTES}`;
  return undefined;
}
