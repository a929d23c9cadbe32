import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { ed25519Verify } from '#libs/crypto/ed25519.ts';
import { isSchemeName, schemeNames } from '#libs/crypto/parameter-sets.ts';
import { keysFault, possessionFault } from '#libs/membership/key-rules.ts';
import type { MemberKey } from '#libs/membership/member-keys.ts';
import { encodeBase64 } from '#libs/settings/base64.ts';
import { memberKeysSchema } from '#libs/settings/genesis-member-schema.ts';
import { keyText } from '#libs/settings/genesis-text.ts';
import { peerEntry } from '#libs/settings/peer-entry.ts';
import { invalidInput } from '../words/errors.ts';
import { fileReason } from '../words/file-problem.ts';

/** The facts that the other members need about a member: none of them is secret. */
export interface MemberFile {
  readonly name: string;
  readonly scheme: string;
  readonly consensusPublicKey: Uint8Array;
  /** Raw Ed25519. */
  readonly gatewayPublicKey: Uint8Array;
  /** Multiaddrs of the gateway; may be empty until they are known. */
  readonly addresses: readonly string[];
  /** Its further keys, each proven; left out where it has none. */
  readonly keys?: readonly MemberKey[];
}

const hex = z.string().transform((text, context) => {
  const bytes = fromHex(text);
  if (bytes !== undefined && bytes.length > 0) return bytes;
  context.addIssue({ code: 'custom', message: 'expected lower-case hex' });
  return z.NEVER;
});

const schema = z.strictObject({
  name: z.string(),
  scheme: z.string().refine(isSchemeName, `expected one of ${schemeNames().join(', ')}`),
  consensus_public_key: hex,
  gateway_public_key: z.string(),
  addresses: z.array(z.string()),
  keys: memberKeysSchema.default([]),
});

/** Where an address is missing, the key alone is checked with this one. */
const ANY_ADDRESS = '/ip4/127.0.0.1/tcp/1';

/** @throws CliError naming the file and the first thing that is wrong. */
export function readMemberFile(path: string): MemberFile {
  const result = schema.safeParse(readJson(path));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw invalidInput(`${path}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { data } = result;
  const addresses = data.addresses.length === 0 ? [ANY_ADDRESS] : data.addresses;
  const peer = peerEntry(data.gateway_public_key, addresses);
  if (peer.kind !== 'peer') throw invalidInput(`${path}: ${peer.problem}`);
  const keys = data.keys.length === 0 ? {} : { keys: data.keys };
  const holder = [{ name: data.name, ...keys }];
  const fault = keysFault(holder) ?? possessionFault(holder, ed25519Verify);
  if (fault !== undefined) throw invalidInput(`${path}: ${fault}`);
  return {
    ...keys,
    name: data.name,
    scheme: data.scheme,
    consensusPublicKey: data.consensus_public_key,
    gatewayPublicKey: peer.peer.publicKey,
    addresses: data.addresses,
  };
}

/** The text of member.json, which `readMemberFile` reads back. */
export function memberFileText(member: MemberFile): string {
  const file = {
    name: member.name,
    scheme: member.scheme,
    consensus_public_key: toHex(member.consensusPublicKey),
    gateway_public_key: encodeBase64(member.gatewayPublicKey),
    addresses: member.addresses,
    ...(member.keys === undefined ? {} : { keys: member.keys.map(keyText) }),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw invalidInput(`${path}: ${fileReason(cause)}`, cause);
  }
}
