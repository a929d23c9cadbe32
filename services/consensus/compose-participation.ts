import type { FinalFeed } from '#libs/engine/ports/final-channel.ts';
import type { Logger } from '#libs/log/logger.ts';
import { automaticVotes } from './adapters/automatic-votes.ts';
import { nameOfGateway } from './adapters/gateway-names.ts';
import type { LoadedChain } from './adapters/load-chain.ts';
import type { MemberMonitor } from './adapters/member-monitor.ts';
import type { PeerLink } from './adapters/peer-link.ts';
import type { SignerClient } from './adapters/signer-client.ts';
import { unlessDamaged } from './compose-diagnosis.ts';
import type { MemberParts } from './member-parts.ts';
import { protocolIn } from './member-rules.ts';
import { ParticipationWatch } from './participation-watch.ts';

interface WatchedParts {
  readonly gateway: PeerLink;
  readonly signerClient: Pick<SignerClient, 'fault'>;
  readonly monitor: Pick<MemberMonitor, 'onView'>;
  readonly final: FinalFeed;
}

/** Joins what notes who takes part in the decisions. */
export function participationOf(
  { book, store, name, read }: LoadedChain,
  { gateway, signerClient, monitor, final }: WatchedParts,
): ParticipationWatch {
  return new ParticipationWatch({
    ...{ name, book, final },
    gateway: {
      get isAttached() {
        return gateway.isAttached;
      },
      linkOf: (peer) => gateway.presence.linkOf(peer),
      nameOf: (peer) => {
        const key = gateway.presence.circle.keys[peer];
        return key === undefined ? '' : nameOfGateway(book, key);
      },
      peers: () => gateway.presence.circle.keys.length,
    },
    tip: () => store.tip(),
    protocolOf: protocolIn,
    signerFault: () => signerClient.fault,
    accused: (epoch) => unlessDamaged(() => read.evidence.accused(epoch)),
    onView: (listener) => monitor.onView(listener),
    nowMs: () => performance.now(),
    timeMs: () => Date.now(),
  });
}

/** The ports of a member that note what passes: messages, and whom the votes of this node by itself voted out. */
export function notingPorts(
  signerClient: SignerClient,
  { protocol }: LoadedChain,
  { participation, log }: { readonly participation: ParticipationWatch; readonly log: Logger },
): Pick<MemberParts, 'automaticVotes' | 'heard'> {
  const suspended = (names: readonly string[]): void => participation.suspended(names);
  return {
    automaticVotes: automaticVotes(signerClient, { protocol: protocol.id, log, suspended }),
    heard: (from, body) => participation.heard(from, body),
  };
}
