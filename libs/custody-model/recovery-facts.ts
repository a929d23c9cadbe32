import { toView } from '#libs/chain/ids.ts';
import { FactBook } from '#libs/custody/fact-book.ts';
import type { HotStuffAsk } from './hotstuff-asks.ts';
import type { KeyNode } from './key-world.ts';
import type { worldOf } from './model-world.ts';

/** Four members, one of which lies. */
export const FAULTY = { liars: 1, quorum: 3 } as const;

/** The highest view with a certificate of any kind: a quorum that gave a view up proves it too. */
export function provenBy(
  asks: readonly HotStuffAsk[],
  keys: readonly KeyNode[],
  certified: readonly boolean[],
): bigint {
  const isLeft = (view: bigint) =>
    keys.filter(({ signed }) => signed.some((index) => leftBy(asks[index]) === view)).length + FAULTY.liars >=
    FAULTY.quorum;
  return asks.reduce((most, ask, index) => {
    const { view } = ask.request.statement;
    if (view <= most) return most;
    return certified[index] === true || (leftBy(ask) !== undefined && isLeft(view)) ? view : most;
  }, 0n);
}

function leftBy(ask: HotStuffAsk | undefined): bigint | undefined {
  return ask?.reported === undefined ? undefined : ask.request.statement.view;
}

/** The proofs that the host shows for a request: `shown` is whether the certificate that it rests on is among them, and the highest proved view. */
export function recoveryFacts(
  blocks: ReturnType<typeof worldOf>['blocks'],
  asks: readonly HotStuffAsk[],
  { index, shown }: { readonly index: number; readonly shown: string },
): FactBook {
  const [isThere, proven] = shown.split(' ');
  const facts = new FactBook();
  facts.left({ instance: 0n, view: toView(BigInt(proven ?? 0)) });
  const ask = asks[index];
  const needed = ask?.needs === undefined ? undefined : asks[ask.needs]?.request.statement;
  if (isThere === '1' && needed?.block !== undefined) {
    facts.certified({ kind: needed.kind, instance: 0n, view: needed.view, ...needed.block });
  }
  const own = ask?.about === undefined ? undefined : blocks[ask.about]?.block;
  if (own === undefined) return facts;
  const { view, height } = own.header;
  facts.proposed({ kind: 'proposal', instance: 0n, view, height, digest: own.digest });
  return facts;
}
