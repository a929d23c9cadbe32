import type { Decoder } from '#libs/bytes/decoder.ts';
import type { Encoder } from '#libs/bytes/encoder.ts';
import type { Epoch } from '#libs/chain/ids.ts';
import { type ValidatorSet, validatorSet } from '#libs/protocol/validator-set.ts';
import { MEMBERS_MAX, NAME_BYTES_MAX, PUBLIC_KEY_BYTES_MAX } from './limits.ts';

/** The facts about a member that all must know. */
export interface MemberFacts {
  readonly name: string;
  /** Consensus key in the encoding of the scheme. */
  readonly publicKey: Uint8Array;
  /** Raw Ed25519, 32 bytes: the libp2p identity. */
  readonly gatewayPublicKey: Uint8Array;
  readonly weight: bigint;
}

/** The members of an epoch; the position is the member index. */
export type Roster = readonly MemberFacts[];

export const MEMBER_NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;
export const GATEWAY_KEY_BYTES = 32;

/** The set that decides in an epoch. */
export function setOfRoster(epoch: Epoch, roster: Roster): ValidatorSet {
  return validatorSet(
    epoch,
    roster.map(({ name, publicKey, weight }) => ({ name, publicKey, weight })),
  );
}

export function putRoster(encoder: Encoder, roster: Roster): Encoder {
  encoder.u32(roster.length);
  for (const { name, publicKey, gatewayPublicKey, weight } of roster) {
    encoder.text(name).prefixed(publicKey).fixed(gatewayPublicKey, GATEWAY_KEY_BYTES).u64(weight);
  }
  return encoder;
}

/** Reads the output of `putRoster`; the decoder says whether it was whole. */
export function takeRoster(decoder: Decoder): Roster {
  const roster: MemberFacts[] = [];
  const count = Math.min(decoder.u32(), MEMBERS_MAX + 1);
  for (let at = 0; at < count && !decoder.isSpoilt; at++) {
    roster.push({
      name: decoder.text(NAME_BYTES_MAX),
      publicKey: decoder.prefixed(PUBLIC_KEY_BYTES_MAX),
      gatewayPublicKey: decoder.fixed(GATEWAY_KEY_BYTES),
      weight: decoder.u64(),
    });
  }
  return roster;
}
