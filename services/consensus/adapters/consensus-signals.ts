import { digestBytes, type MemberIndex, type View } from '#libs/chain/ids.ts';
import type { ProvedEvidence } from '#libs/engine/ports/evidence-ports.ts';
import type { EventBus } from '#libs/events/bus.ts';
import { EvidenceFound, ViewChanged } from '#libs/proto/btcfed/event/v1/event.ts';
import { viewOf } from '#libs/protocol/evidence.ts';

const VIEW_CHANGED = { service: 'consensus', noun: 'view', event: 'changed' } as const;

const EVIDENCE_FOUND = { service: 'consensus', noun: 'evidence', event: 'found' } as const;

/** Signals of consensus on the event bus. A signal may be lost: the facts come from the chain. */
export interface ConsensusSignals {
  /** Tells that a view was entered. */
  viewChanged(view: View, leader: MemberIndex, afterTimeout: boolean): void;
  /** Tells that evidence was stored; ListEvidence has all of it. */
  evidenceFound(proved: ProvedEvidence): void;
}

export function consensusSignals(bus: Pick<EventBus, 'publishSignal'>): ConsensusSignals {
  return {
    viewChanged: (view, leader, afterTimeout) => {
      const body = ViewChanged.encode({ view, leader, afterTimeout }).finish();
      bus.publishSignal({ ...VIEW_CHANGED, about: `${view}`, body });
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
  };
}
