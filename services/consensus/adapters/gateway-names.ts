import { equalBytes } from '#libs/bytes/bytes.ts';
import { toEpoch } from '#libs/chain/ids.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { Roster } from '#libs/membership/roster.ts';

/** The members of each epoch that has begun, as far as their names are asked for. */
interface NamedMembers {
  readonly current: Pick<Membership, 'epoch' | 'roster'> & {
    readonly ballots: readonly { readonly change: { readonly join: Roster } }[];
  };
  epoch(epoch: Membership['epoch']): Pick<Membership, 'roster'> | undefined;
}

/** The name of whoever has this key of a gateway: a member, one that joins, or one of the epoch before; empty for all others. */
export function nameOfGateway(book: NamedMembers, key: Uint8Array): string {
  const { epoch, roster, ballots } = book.current;
  const before = epoch === 0n ? undefined : book.epoch(toEpoch(epoch - 1n));
  const joining = ballots.flatMap(({ change }) => change.join);
  const all = [...roster, ...joining, ...(before?.roster ?? [])];
  return all.find(({ gatewayPublicKey }) => equalBytes(gatewayPublicKey, key))?.name ?? '';
}
