import { GATEWAY_KEY_BYTES, type Roster } from '#libs/membership/roster.ts';
import type { GetValidatorsResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { demand } from '#libs/wire/refusal.ts';
import { reading } from './answers.ts';

/** All that members know of each other, as one of them claims it. @throws FederationClientError `CLIENT_ANSWER_INVALID`. */
export function rosterFrom({ validators }: GetValidatorsResponse): Roster {
  return reading('members', () => {
    demand(validators.length <= WIRE_LIMITS.membersMax, 'too many validators');
    return validators.map(({ name, publicKey, gatewayPublicKey, weight, keys }) => {
      demand(gatewayPublicKey.length === GATEWAY_KEY_BYTES, 'no gateway key');
      return { name, publicKey, gatewayPublicKey, weight, ...(keys.length > 0 && { keys }) };
    });
  });
}
