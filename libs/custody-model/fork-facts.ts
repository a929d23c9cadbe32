import { FactBook } from '#libs/custody/fact-book.ts';
import { type ModelWorld, PHASES } from './model-world.ts';

/** The vote whose certificate a request rests on: the vote of the parent, or of the phase before. */
export function neededBy({ requests, blocks }: ModelWorld, index: number): number | undefined {
  const asked = requests[index];
  if (asked === undefined) return undefined;
  if (asked.phase !== 'prepare') return index - 1;
  const parent = blocks[asked.about]?.parent;
  return parent === undefined ? undefined : parent * PHASES.length;
}

/** The proofs that a host shows for a request: the certificate that it rests on, if it has that, and its block. */
export function forkFacts(world: ModelWorld, index: number, isShown: boolean): FactBook {
  const facts = new FactBook();
  const { requests, blocks } = world;
  const needed = neededBy(world, index);
  const proof = needed === undefined ? undefined : requests[needed];
  const block = proof && blocks[proof.about]?.block;
  if (isShown && proof !== undefined && block !== undefined) {
    facts.certified({ ...factOf(block), kind: proof.phase });
  }
  const own = blocks[requests[index]?.about ?? -1]?.block;
  if (own !== undefined) facts.proposed({ ...factOf(own), kind: 'proposal' });
  return facts;
}

function factOf({ header, digest }: { header: { view: bigint; height: bigint }; digest: string }) {
  return { instance: 0n, view: header.view, height: header.height, digest } as Omit<
    Parameters<FactBook['certified']>[0],
    'kind'
  >;
}
