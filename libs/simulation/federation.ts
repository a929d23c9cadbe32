import { sha256Hex } from '../bytes/sha256.ts';
import { toDigest, toEpoch } from '../chain/ids.ts';
import type { SigningScope } from '../protocol/statement.ts';
import { type ValidatorSet, validatorSet } from '../protocol/validator-set.ts';
import type { Prng } from '../random/prng.ts';
import { SignatureAuthority } from './signatures.ts';

/** Who decides in a simulated world, on which chain, and who can tell whether a signature is theirs. */
export interface SimulatedFederation {
  readonly scope: SigningScope;
  readonly set: ValidatorSet;
  readonly authority: SignatureAuthority;
}

/** Members of equal weight. */
export function simulatedFederation(members: number, protocol: string, random: Prng): SimulatedFederation {
  const chain = toDigest(sha256Hex(new Uint8Array(Buffer.from('simulated chain'))));
  const scope = { chain, protocol, epoch: toEpoch(0n) };
  const validators = Array.from({ length: members }, (_, member) => ({
    name: `member-${member}`,
    publicKey: new Uint8Array([member]),
    weight: 1n,
  }));
  return {
    scope,
    set: validatorSet(scope.epoch, validators),
    authority: new SignatureAuthority(random.stream('keys').next().toString(), scope),
  };
}
