import { keyFor } from '#libs/membership/member-keys.ts';
import type { GetValidatorsResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { demand } from '#libs/wire/refusal.ts';
import { reading } from './answers.ts';

/** The audit keys that the members of an epoch name, by the names of the members. */
export function auditKeysFrom({ validators }: GetValidatorsResponse): ReadonlyMap<string, Uint8Array> {
  return reading('audit keys', () => {
    demand(validators.length <= WIRE_LIMITS.membersMax, 'too many validators');
    return new Map(
      validators.flatMap((member) => {
        const key = keyFor(member, 'audit');
        return key === undefined ? [] : [[member.name, key] as const];
      }),
    );
  });
}
