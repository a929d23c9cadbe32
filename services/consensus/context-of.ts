import type { Membership } from '#libs/membership/membership.ts';
import { rootCertificate } from '#libs/protocol/certificate.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import { roundRobin } from '#libs/protocol/leader/round-robin.ts';
import type { ProtocolContext } from '#libs/protocol/module.ts';
import { type LoadedChain, placeIn } from './adapters/load-chain.ts';

/**
 * What the protocol of an epoch starts from here.
 * @param restored - What this member promised; of an epoch that is over it promises nothing in this one.
 */
export function contextOf(
  { genesis, chainDigest, store, name }: LoadedChain,
  { epoch, set, root }: Membership,
  restored: SafetyRecord | undefined,
): ProtocolContext<SafetyRecord> {
  const { viewTimeoutMs, viewTimeoutMsMax } = genesis.parameters;
  const { digest, certificate } = store.tip();
  return {
    me: placeIn(set, name),
    set,
    scope: { chain: chainDigest, protocol: genesis.protocol, epoch },
    root,
    timing: { viewTimeoutMs, viewTimeoutMsMax },
    leader: roundRobin(set),
    restored: restored?.epoch === epoch ? restored : undefined,
    tip: digest === root.digest ? rootCertificate('commit', root) : certificate,
  };
}
