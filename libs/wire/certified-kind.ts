import { assert } from '#libs/assert/assert.ts';
import {
  type QuorumCertificate as WireCertificate,
  Phase as WirePhase,
} from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { isKindName } from '#libs/protocol/vote/kind-name.ts';
import { demand, present } from './refusal.ts';

/** The kinds of certificates that have a number on the wire. */
type PhaseOfWire = 'prepare' | 'pre-commit' | 'commit';

const PHASES: readonly (readonly [PhaseOfWire, WirePhase])[] = [
  ['prepare', WirePhase.PREPARE],
  ['pre-commit', WirePhase.PRE_COMMIT],
  ['commit', WirePhase.COMMIT],
];
const PHASE_TO_WIRE: ReadonlyMap<string, WirePhase> = new Map(PHASES);
const PHASE_FROM_WIRE: ReadonlyMap<number, PhaseOfWire> = new Map(
  PHASES.map(([kind, phase]) => [phase, kind]),
);

/** The fields of a certificate that say what its members voted, and in which instance. */
type WireKind = Pick<WireCertificate, 'phase' | 'kind' | 'instance'>;
type CertifiedKind = Pick<QuorumCertificate, 'kind' | 'instance'>;

export function phaseToWire(kind: string): WirePhase {
  const phase = PHASE_TO_WIRE.get(kind);
  assert(phase !== undefined, `${kind} is no phase`);
  return phase;
}

/** @throws WireRefusal for a number without a phase: Protobuf lets every number through. */
export function phaseFromWire(phase: number): PhaseOfWire {
  return present(PHASE_FROM_WIRE.get(phase), 'known phase');
}

/** A phase by its number where views run across heights; any other kind by its name, with its instance. */
export function kindToWire({ kind, instance }: CertifiedKind): WireKind {
  if (hasNumber(kind, instance)) return { phase: phaseToWire(kind), kind: '', instance: 0n };
  return { phase: WirePhase.UNSPECIFIED, kind, instance };
}

/** @throws WireRefusal for a kind that is said twice, or by its name where it has a number. */
export function kindFromWire({ phase, kind, instance }: WireKind): CertifiedKind {
  if (kind === '') {
    demand(instance === 0n, 'instance without kind');
    return { kind: phaseFromWire(phase), instance };
  }
  demand(phase === WirePhase.UNSPECIFIED, 'phase beside kind');
  demand(isKindName(kind), 'kind is no name');
  demand(!hasNumber(kind, instance), 'kind has a phase');
  return { kind, instance };
}

function hasNumber(kind: string, instance: bigint): boolean {
  return instance === 0n && PHASE_TO_WIRE.has(kind);
}
