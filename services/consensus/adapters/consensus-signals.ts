import { digestBytes } from '#libs/chain/ids.ts';
import type { ProvedEvidence } from '#libs/engine/ports/evidence-ports.ts';
import type { EventBus } from '#libs/events/bus.ts';
import type { QuorumReach } from '#libs/membership/quorum-reach.ts';
import {
  EvidenceFound,
  QuorumLost,
  type QuorumLost_Reach,
  QuorumReached,
  ViewChanged,
  type ViewChanged_Failure,
} from '#libs/proto/btcfed/event/v1/event.ts';
import { viewOf } from '#libs/protocol/evidence.ts';
import type { EnteredView } from './view-reports.ts';

const VIEW_CHANGED = { service: 'consensus', noun: 'view', event: 'changed' } as const;

const EVIDENCE_FOUND = { service: 'consensus', noun: 'evidence', event: 'found' } as const;

const QUORUM_LOST = { service: 'consensus', noun: 'quorum', event: 'lost' } as const;

const QUORUM_REACHED = { service: 'consensus', noun: 'quorum', event: 'reached' } as const;

/** Signals of consensus on the event bus. A signal may be lost: the facts come from the chain. */
export interface ConsensusSignals {
  /** Tells that a view was entered. */
  viewChanged(entered: EnteredView): void;
  /** Tells that evidence was stored; ListEvidence has all of it. */
  evidenceFound(proved: ProvedEvidence): void;
  /** Tells that no quorum is reachable. */
  quorumLost(reach: QuorumReach): void;
  /** Tells that a quorum is reachable again. */
  quorumReached(reach: QuorumReach): void;
}

export function consensusSignals(bus: Pick<EventBus, 'publishSignal'>): ConsensusSignals {
  return {
    viewChanged: ({ failed, ...entered }) => {
      const body = ViewChanged.encode({ ...entered, failed: failed && failureToWire(failed) }).finish();
      bus.publishSignal({ ...VIEW_CHANGED, about: `${entered.view}`, body });
    },
    evidenceFound: ({ evidence, digest }) => {
      const { kind, first } = evidence;
      const fields = {
        evidenceDigest: digestBytes(digest),
        member: first.member,
        kind,
        view: viewOf(evidence),
      };
      const body = EvidenceFound.encode(fields).finish();
      bus.publishSignal({ ...EVIDENCE_FOUND, about: digest, body });
    },
    quorumLost: (reach) => {
      const body = QuorumLost.encode({ reach: reachToWire(reach) }).finish();
      bus.publishSignal({ ...QUORUM_LOST, about: sharesOf(reach), body });
    },
    quorumReached: (reach) => {
      const body = QuorumReached.encode({ reach: reachToWire(reach) }).finish();
      bus.publishSignal({ ...QUORUM_REACHED, about: sharesOf(reach), body });
    },
  };
}

function failureToWire(failed: NonNullable<EnteredView['failed']>): ViewChanged_Failure {
  const { height, position, leader, leaderName, cause, isProposed } = failed;
  return { height, view: position.view, leader, leaderName, cause, proposalSeen: isProposed };
}

function reachToWire({
  members,
  reachable,
  reachableWeight,
  neededWeight,
  away,
}: QuorumReach): QuorumLost_Reach {
  return { members, reachable, reachableWeight, neededWeight, away: [...away] };
}

/** Weight reached and weight needed: enough for a listener that reads no bodies. */
function sharesOf({ reachableWeight, neededWeight }: QuorumReach): string {
  return `${reachableWeight}/${neededWeight}`;
}
