import { type Digest, toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { CustodyRequest } from '#libs/custody/custody-context.ts';
import { virginState } from '#libs/custody/custody-state.ts';
import { FactBook } from '#libs/custody/fact-book.ts';
import { timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { Ask, KeyNode, KeyWorld } from './key-world.ts';
import { worldOf } from './model-world.ts';
import { CHAIN, EPOCH } from './rounds-asks.ts';
import { Tally } from './tally.ts';

export const MUTE = 'a key is mute: it signed farther above what is proved than the bound';

const JUMP = 2n;
const FAULTY = { liars: 1, quorum: 3 } as const;
const HONEST = 3;

/** Hosts that ask for views near and far. A quorum that gave a view up proves it. */
export function viewJumpWorld(): KeyWorld {
  const { context, virgin, requests } = worldOf([{ view: 1, parent: undefined }]);
  const views = [1n, 2n, 3n, 4n, 100n].map(toView);
  const plain = requests[0]?.request as CustodyRequest;
  const { view: highView, digest: highDigest } = context.root;
  const asks = views.map((view): Ask => {
    const statement = timeoutStatement(view, { view: highView, digest: highDigest });
    return {
      name: `timeout ${view}`,
      request: { ...plain, statement, header: undefined, justifyView: undefined },
    };
  });
  const tally = new Tally(asks.length, FAULTY);
  const proven = (keys: readonly KeyNode[]) =>
    tally.in(keys).reduce((most, is, at) => (is && (views[at] ?? 0n) > most ? (views[at] ?? 0n) : most), 0n);
  const table = { ...context.table, viewJumpMax: JUMP };
  return {
    asks,
    keys: Array.from({ length: HONEST }, () => ({
      role: 'any',
      context: { ...context, table },
      state: virgin,
    })),
    shown: (_ask, keys) => [`${proven(keys)}`],
    facts: (_ask, shown) => factsOf((facts) => facts.left({ instance: 0n, view: toView(BigInt(shown)) })),
    broken: (keys) => {
      const most = proven(keys) + JUMP;
      return keys.some(({ state }) => (state.marks.get(0n)?.view ?? 0n) > most) ? MUTE : undefined;
    },
  };
}

/** A world of hosts that ask for heights near and far, none of them decided. */
export function instanceJumpWorld(table: VoteTable): KeyWorld {
  const { context } = worldOf([{ view: 1, parent: undefined }]);
  const digest = toDigest('a'.repeat(64));
  const instances = [1n, 2n, 3n, 2n ** 60n];
  const asks = instances.map(
    (instance): Ask => ({ name: `${table.prepared} ${instance}`, request: vote(table, instance, digest) }),
  );
  return {
    asks,
    keys: [
      {
        role: 'any',
        context: { ...context, table, me: toMemberIndex(0) },
        state: virginState({ chain: CHAIN, protocol: table.protocol, epoch: EPOCH }),
      },
    ],
    shown: () => [''],
    facts: (ask) =>
      factsOf((facts) => {
        const [kind, instance] = [table.proposal, instances[ask] ?? 0n];
        facts.proposed({ kind, instance, view: table.firstView, height: instance, digest });
      }),
    broken: ([key]) => {
      const open = [...(key?.state.marks.keys() ?? [])];
      return open.every((instance) => instance === 1n) ? undefined : MUTE;
    },
  };
}

function vote({ prepared, firstView }: VoteTable, instance: bigint, digest: Digest): CustodyRequest {
  const statement = {
    kind: prepared,
    instance,
    view: firstView,
    block: { height: toHeight(instance), digest },
    reports: [],
  };
  return { session: 0n, chain: CHAIN, epoch: EPOCH, statement, header: undefined, justifyView: undefined };
}

function factsOf(fill: (facts: FactBook) => void): FactBook {
  const facts = new FactBook();
  fill(facts);
  return facts;
}
