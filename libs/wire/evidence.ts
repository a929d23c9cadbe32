import { EvidenceKind as WireKind } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { EVIDENCE_KINDS, type EvidenceKind } from '#libs/protocol/evidence.ts';

const TO_WIRE = {
  'double-proposal': WireKind.DOUBLE_PROPOSAL,
  'double-vote': WireKind.DOUBLE_VOTE,
  'contradicting-timeouts': WireKind.CONTRADICTING_TIMEOUTS,
  'understated-timeout': WireKind.UNDERSTATED_TIMEOUT,
} as const satisfies Record<EvidenceKind, WireKind>;

export function evidenceKindToWire(kind: EvidenceKind): WireKind {
  return TO_WIRE[kind];
}

/** The kind of a number; undefined when it has none: Protobuf lets every number through. */
export function evidenceKindFromWire(kind: number): EvidenceKind | undefined {
  return EVIDENCE_KINDS.find((each) => TO_WIRE[each] === kind);
}
