import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import { AMNESIAC, TWIN } from '#libs/simulation/plan/plan.ts';

/** A range of seeds of one kind, small enough to be lost when the machine stops. */
export interface CampaignPart {
  /** Names the part in the results: the same words, the same runs. */
  readonly name: string;
  readonly seeds: number;
  readonly args: readonly string[];
}

/** Kinds of runs, each with ranges of its own far above the seeds that anybody typed. */
interface Kind {
  readonly title: string;
  readonly members: number;
  readonly nodes?: 'whole' | 'replicas';
  readonly actor?: string;
  readonly from: number;
  readonly seeds: number;
}

const SEEDS_PER_PART = 1_000;

/** 500 runs for each liar alone; clerks lie beside the protocol, so they need whole nodes around them. */
function liars(): readonly Kind[] {
  const { actors: liarsOfProtocol, nodes } = hostedHotStuff();
  const actors = [TWIN, AMNESIAC, ...liarsOfProtocol.keys()];
  return [
    ...actors.map((actor) => ({ title: 'liar', members: 4, actor })),
    ...[...nodes.clerks.keys()].map((actor) => ({
      title: 'liar',
      members: 4,
      nodes: 'whole' as const,
      actor,
    })),
  ].map((kind, at) => ({ ...kind, from: 30_000_000 + 10_000 * at, seeds: 500 }));
}

/** All that stands between a change of the protocol and a release (E2E-05). */
export const CAMPAIGN: readonly Kind[] = [
  { title: 'whole nodes', members: 4, nodes: 'whole', from: 10_000_000, seeds: 20_000 },
  { title: 'whole nodes', members: 5, nodes: 'whole', from: 11_000_000, seeds: 20_000 },
  { title: 'whole nodes', members: 7, nodes: 'whole', from: 12_000_000, seeds: 5_000 },
  { title: 'replicas', members: 4, nodes: 'replicas', from: 20_000_000, seeds: 20_000 },
  { title: 'replicas', members: 5, nodes: 'replicas', from: 21_000_000, seeds: 20_000 },
  { title: 'replicas', members: 7, nodes: 'replicas', from: 22_000_000, seeds: 20_000 },
  ...liars(),
];

/** The campaign in parts: first a part of each kind, then the second of each, so that an early end has seen all kinds. */
export function campaignParts(kinds: readonly Kind[] = CAMPAIGN): readonly CampaignPart[] {
  const parts = kinds.flatMap((kind) =>
    Array.from({ length: Math.ceil(kind.seeds / SEEDS_PER_PART) }, (_, at) => ({
      at,
      part: partOf(kind, at),
    })),
  );
  return parts.sort((a, b) => a.at - b.at).map(({ part }) => part);
}

function partOf({ title, members, nodes, actor, from, seeds }: Kind, at: number): CampaignPart {
  const first = from + at * SEEDS_PER_PART;
  const count = Math.min(SEEDS_PER_PART, seeds - at * SEEDS_PER_PART);
  const range = ['--members', `${members}`, '--from', `${first}`, '--seeds', `${count}`];
  const args = [
    ...range,
    ...(nodes === undefined ? [] : ['--nodes', nodes]),
    ...(actor === undefined ? [] : ['--actors', actor]),
  ];
  return { name: `${title}: ${args.join(' ')}`, seeds: count, args };
}
