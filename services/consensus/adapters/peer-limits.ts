import { SCHEME_SIZES } from '#libs/crypto/parameter-sets.ts';
import { checkedName } from '#libs/crypto/scheme.ts';
import { HANDOVER_BYTES_MAX } from '#libs/membership/limits.ts';
import type { Genesis } from '#libs/settings/genesis.ts';
import { WIRE_LIMITS, type WireLimits, wireLimitsOf } from '#libs/wire/limits.ts';

/** The bounds of the messages of members, as narrow as the genesis of the chain makes them. */
export function peerLimitsOf({ parameters, scheme }: Pick<Genesis, 'parameters' | 'scheme'>): WireLimits {
  return {
    // Members come and go within the most that there can be; the scheme is that of the genesis.
    ...wireLimitsOf({
      members: WIRE_LIMITS.membersMax,
      signatureBytes: SCHEME_SIZES[checkedName(scheme)].signature,
    }),
    // A handover is no client's transaction, and may be larger than those.
    transactionBytesMax: Math.max(parameters.transactionBytesMax, HANDOVER_BYTES_MAX),
    namesMax: parameters.blockTransactionsMax,
  };
}
