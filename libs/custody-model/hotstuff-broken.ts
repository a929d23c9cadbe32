import type { MemberIndex } from '#libs/chain/ids.ts';
import type { HotStuffAsk } from './hotstuff-asks.ts';
import type { KeyNode } from './key-world.ts';
import { type ModelWorld, PHASES } from './model-world.ts';

export const HOTSTUFF_PROMISES = {
  fork: 'fork: two blocks final that stand against each other',
  hides: 'a timeout hides a certificate that its key voted PRE-COMMIT on, in a view that it gave up',
  twice: 'a key proposed two blocks in one view',
  usurps: 'a key proposed in a view that it does not lead',
  unproposed: 'a key voted for a block that the leader of its view never proposed',
} as const;

interface Searched {
  readonly base: ModelWorld;
  readonly asks: readonly HotStuffAsk[];
  readonly leader: MemberIndex;
}

/** The promise of HotStuff that is broken; undefined while all hold. */
export function hotStuffBroken(
  searched: Searched,
  keys: readonly KeyNode[],
  certified: readonly boolean[],
): string | undefined {
  const { base, asks, leader } = searched;
  const isFinal = (block: number) => certified[block * PHASES.length + PHASES.length - 1] === true;
  if (base.rivals.some((rivals, block) => isFinal(block) && rivals.some(isFinal)))
    return HOTSTUFF_PROMISES.fork;
  const signedBy = (key: KeyNode) => key.signed.flatMap((index) => asks[index] ?? []);
  if (keys.some((key) => isHiding(signedBy(key)))) return HOTSTUFF_PROMISES.hides;
  const proposed = keys.map((key) =>
    signedBy(key).filter(({ request }) => request.statement.kind === 'proposal'),
  );
  if (keys.some(({ context }, at) => context.me !== leader && proposed[at]?.length !== 0)) {
    return HOTSTUFF_PROMISES.usurps;
  }
  if (proposed.some(hasTwoOfOneView)) return HOTSTUFF_PROMISES.twice;
  const isLedByOne = keys.some(({ context }) => context.me === leader);
  const blocks = new Set(proposed.flat().map(({ about }) => about));
  const voted = keys.flatMap(signedBy).filter(({ request }) => request.statement.kind === 'prepare');
  return isLedByOne && voted.some(({ about }) => !blocks.has(about))
    ? HOTSTUFF_PROMISES.unproposed
    : undefined;
}

function hasTwoOfOneView(proposals: readonly HotStuffAsk[]): boolean {
  return new Set(proposals.map(({ request }) => request.statement.view)).size < proposals.length;
}

/** Whether one key signed a PRE-COMMIT of a view that it gave up with an older certificate, in either order. */
function isHiding(signed: readonly HotStuffAsk[]): boolean {
  return signed.some(
    ({ reported, request: left }) =>
      reported !== undefined &&
      signed.some(({ request: { statement } }) => {
        return (
          statement.kind === 'pre-commit' &&
          statement.view <= left.statement.view &&
          statement.view > reported
        );
      }),
  );
}
