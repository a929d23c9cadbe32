import type { Height } from '#libs/chain/ids.ts';
import type { HostedRecord, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { BlockPort, ReplicaPorts, SignerPort, TimerPort } from '#libs/replica/ports.ts';
import type { EngineOptions } from './engine-options.ts';
import { signatureFault } from './evidence/conduct-watch.ts';
import type { EvidenceWatch } from './evidence/evidence-watch.ts';
import { heightAt } from './height-at.ts';
import { haltOf } from './ports/halt-cause.ts';
import type { References } from './references/references.ts';
import type { CatchUp } from './sync/catch-up.ts';
import type { Gossip } from './transactions/gossip.ts';
import type { WaitingTeller } from './transactions/waiting-teller.ts';

/** The parts of the engine that stand between the replica and its world. */
interface Surroundings {
  readonly joining: SignerPort;
  readonly watch: EvidenceWatch;
  readonly gossip: Gossip;
  readonly teller: WaitingTeller;
  readonly pace: TimerPort;
  readonly keeper: BlockPort;
  readonly references: References;
  readonly sync: Pick<CatchUp, 'status'>;
}

/** The world of the replica of one engine. */
export function replicaPorts(
  { protocol, context, chain, monitor }: EngineOptions,
  { joining, watch, gossip, teller, pace, keeper, references, sync }: Surroundings,
): ReplicaPorts<ProtocolMessage, HostedRecord> {
  const heightOf = (position: Position): Height => {
    const known = { final: chain.tip().header.height, target: sync.status().targetHeight };
    return heightAt(position, known, protocol.votes);
  };
  return {
    store: chain,
    signer: joining,
    verifier: watch.listening(),
    // A guest has nothing to say that could count: it asks, and listens.
    transport: {
      send: (to, message) => (context.me === undefined ? undefined : references.transport.send(to, message)),
    },
    timers: pace,
    blocks: keeper,
    monitor: {
      entered: (position, leader, cause) => {
        watch.advance(position);
        if (cause === 'leave') {
          gossip.repeat('all');
          teller.tell('all');
        }
        monitor.entered(position, leader, cause, heightOf(position));
      },
      failed: (failure) => monitor.viewFailed({ ...failure, height: heightOf(failure.position) }),
      refused: (from, cause, { message, fault, falseClaim }) => {
        if (cause === 'duplicate' || cause === 'stale') references.late(from, message);
        monitor.refused(from, cause, undefined, fault ?? signatureFault(protocol, message, falseClaim));
      },
      signatureRefused: ({ kind, view }, reason) => monitor.signatureRefused(kind, view, reason),
      halted: (cause) => monitor.halted(...haltOf(cause)),
    },
  };
}
