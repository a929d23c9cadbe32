import type { ProtocolShape } from '#libs/protocol/hosting/protocol-shape.ts';
import type { CaseFailure, Course, CourseBatch } from '../words/course.ts';
import type { JudgedProtocol } from '../words/judged-protocol.ts';
import { CalmChain } from './calm-chain.ts';
import { COUNTS, type CountedCost, formula, stepsOf } from './cost-formula.ts';
import { crossingFaults, crossingsOf } from './large-blocks.ts';
import { type Cost, PortCounts } from './port-counts.ts';
import { signaturesInRow } from './signatures-in-row.ts';

const SIZES = [4, 7, 10] as const;

/** Decisions before the counting: the first blocks of a chain rest on less. */
const WARM = 3;
/** A multiple of all sizes, so that every member led as often as the others. */
const COUNTED = 140;

/** A count may be so far from the formula. */
const TOLERANCE = 0.05;

/** Of the sets that a federation may have, slh-dsa-sha2-128s has the shortest. */
export const SHORTEST_SIGNATURE_BYTES = 7_856;

/** Signatures: the path is a mean over decisions. */
const PATH_TOLERANCE = 0.5;

/** C20: the cost of a decision where nothing fails, counted at the ports of all members. */
export const COSTS: Course = {
  name: 'cost',
  judges: ['C20'],
  isShared: true,
  open: (judged) => ({
    parts: SIZES.length,
    run: (part) => costOf(judged, SIZES[part] ?? SIZES[0]),
  }),
};

function costOf({ subject, table, votePath }: JudgedProtocol, members: number): CourseBatch {
  const counts = new PortCounts(subject, members);
  const chain = new CalmChain(subject, members, { fit: (ports) => counts.fit(ports) });
  const name = `${members} members`;
  const failure = (text: string): CaseFailure => ({ case: 'C20', kind: 'other', name, text });
  const decide = (from: number, to: number): boolean =>
    Array.from({ length: to - from }, (_, at) => `transaction ${from + at}`).every((text) =>
      chain.decide(text),
    );
  if (!decide(0, WARM)) return { runs: 1, failures: [failure('nothing is decided, although nothing fails')] };
  const before = counts.cost;
  if (!decide(WARM, WARM + COUNTED))
    return { runs: 1, failures: [failure('decisions end, although nothing fails')] };
  const counted = perDecision(before, counts.cost);
  const path = signaturesInRow(subject, members);
  const crossings = crossingsOf(subject, members);
  const faults = [
    ...costFaults(counted, formula(table, votePath, members)),
    ...byteFaults(counted),
    ...pathFaults(subject.shape, path),
    ...crossingFaults(crossings),
  ];
  const figures = {
    ...counted,
    ...{ path, floor: 1 + stepsOf(table) },
    ...(crossings === undefined ? {} : { crossings }),
  };
  return { runs: 1, failures: faults.map(failure), figures: [{ case: 'C20', name, figures }] };
}

function perDecision(before: Cost, after: Cost): Omit<Cost, 'others'> {
  const each = (name: Exclude<keyof Cost, 'others'>): number => (after[name] - before[name]) / COUNTED;
  return {
    messages: each('messages'),
    signed: each('signed'),
    verified: each('verified'),
    carried: each('carried'),
    beside: each('beside'),
  };
}

/** The counts that are further from the formula than the tolerance. */
export function costFaults(counted: CountedCost, expected: CountedCost): readonly string[] {
  return COUNTS.filter((name) => Math.abs(counted[name] - expected[name]) > TOLERANCE * expected[name]).map(
    (name) =>
      `${name}: ${counted[name].toFixed(1)} for each decision, and the formula says ${expected[name]}`,
  );
}

/** The bytes of a decision are those of its signatures; all else must be little beside even the shortest ones. */
export function byteFaults({ carried, beside }: Pick<Cost, 'carried' | 'beside'>): readonly string[] {
  const signatureBytes = carried * SHORTEST_SIGNATURE_BYTES;
  if (beside <= TOLERANCE * signatureBytes) return [];
  return [`bytes: ${Math.round(beside)} beside the ${Math.round(signatureBytes)} of signatures`];
}

/** A shape that says more signatures than there are gives every view that much longer before it must have decided (V2). */
export function pathFaults(
  { criticalSignatures }: Pick<ProtocolShape, 'criticalSignatures'>,
  path: number,
): readonly string[] {
  if (criticalSignatures <= path + PATH_TOLERANCE) return [];
  return [`path: ${path.toFixed(1)} signatures one after another, and the shape says ${criticalSignatures}`];
}
