import { PARAMETERS_MAX } from '#libs/membership/limits.ts';
import { PARAMETER_NAME } from '#libs/membership/term-sections.ts';
import type { EpochTerms } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { ProtocolTerms } from '#libs/protocol/parameters.ts';
import { PROTOCOL_NAME_BYTES_MAX } from '#libs/protocol/vote/table-fault.ts';
import { demand } from '#libs/wire/refusal.ts';

/** The terms of an epoch, as a member tells them. */
export function termsFrom({ protocol, parameters }: EpochTerms): ProtocolTerms {
  demand(Buffer.byteLength(protocol) <= PROTOCOL_NAME_BYTES_MAX, 'a protocol of too long a name');
  demand(parameters.length <= PARAMETERS_MAX, 'too many parameters');
  const values = parameters.map(({ name, value }): readonly [string, number] => {
    const isNumber = PARAMETER_NAME.test(name) && value <= BigInt(Number.MAX_SAFE_INTEGER);
    demand(isNumber, 'not a parameter');
    return [name, Number(value)];
  });
  return { protocol, parameters: Object.fromEntries(values) };
}
