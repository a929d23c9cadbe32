import { toMemberIndex } from '#libs/chain/ids.ts';
import { virginState } from '#libs/custody/custody-state.ts';
import { FactBook } from '#libs/custody/fact-book.ts';
import type { KeyNode, KeyWorld } from '#libs/custody-model/key-world.ts';
import { Tally } from '#libs/custody-model/tally.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { type BranchAsk, branchAsks } from './branch-asks.ts';
import { BRANCH_EPOCH, BRANCH_GENESIS, type BranchPlace, blocksAt, rivalsAmong } from './branch-blocks.ts';
import { branchBroken } from './branch-broken.ts';
import { BRANCH_CHAIN, type BranchExtent } from './branch-extent.ts';

const HONEST = 3;
const FAULTY = { liars: 1, quorum: 3 } as const;

export interface BranchPlan extends Partial<Omit<BranchExtent, 'table' | 'blocks' | 'views'>> {
  readonly places: readonly BranchPlace[];
  readonly views: number;
  /** The honest key that leads; left out, the liar leads every view. */
  readonly leader?: number;
}

/**
 * Three honest keys and a liar in a protocol whose views run across heights. The hosts are hostile, the liar signs anything, and
 * everything that is asked follows from the table.
 */
export function branchWorld(table: VoteTable, { places, views, leader, ...asked }: BranchPlan): KeyWorld {
  const proposer = toMemberIndex(leader ?? HONEST);
  const blocks = blocksAt(places, { firstView: table.firstView, proposer });
  const all = { repeats: false, leaves: false, proposes: false, forges: false, ...asked };
  const asks = branchAsks({ table, blocks, views, ...all });
  const tally = new Tally(asks.length, FAULTY);
  const searched = { table, asks, rivals: rivalsAmong(blocks), leader: proposer };
  const isProposed = (ask: BranchAsk, keys: readonly KeyNode[]): boolean =>
    leader === undefined || keys.some(({ signed }) => signed.some((each) => isProposalOf(asks[each], ask)));
  const isProposalOf = (proposal: BranchAsk | undefined, { about, request }: BranchAsk): boolean =>
    proposal?.request.statement.kind === table.proposal &&
    proposal.about === about &&
    proposal.request.statement.view === request.statement.view;
  return {
    asks,
    keys: keysOf(table, { leader, proposer }),
    shown(index, keys) {
      const ask = asks[index];
      if (ask === undefined) return [];
      const shown = [...ask.needs.map((each) => tally.in(keys)[each] === true), isProposed(ask, keys)];
      return [shown.map(Number).join('')];
    },
    facts: (index, shown) => factsOf(table, asks, { index, shown }),
    broken: (keys) => branchBroken(searched, keys, tally.in(keys)),
  };
}

function keysOf(
  table: VoteTable,
  {
    leader,
    proposer,
  }: { readonly leader: number | undefined; readonly proposer: ReturnType<typeof toMemberIndex> },
): KeyWorld['keys'] {
  const validators = Array.from({ length: HONEST + FAULTY.liars }, (_, at) => ({
    ...{ name: `m${at}`, publicKey: new Uint8Array([at]), weight: 1n },
  }));
  const { chain, epoch } = { chain: BRANCH_CHAIN, epoch: BRANCH_EPOCH };
  const context = {
    ...{ table, set: validatorSet(epoch, validators), root: genesisRoot(BRANCH_GENESIS.digest) },
    leader: () => proposer,
  };
  const state = virginState({ chain, protocol: table.protocol, epoch });
  return Array.from({ length: HONEST }, (_, at) => ({
    role: at === leader ? 'leader' : 'any',
    context: { ...context, me: toMemberIndex(at) },
    state,
  }));
}

/** The certificates that the host has of those that a request rests on, and the leader's signature if there is one. */
function factsOf(
  table: VoteTable,
  asks: readonly BranchAsk[],
  { index, shown }: { readonly index: number; readonly shown: string },
): FactBook {
  const facts = new FactBook();
  const ask = asks[index];
  for (const [at, need] of (ask?.needs ?? []).entries()) {
    const needed = asks[need]?.request.statement;
    if (shown[at] !== '1' || needed?.block === undefined) continue;
    facts.certified({ kind: needed.kind, instance: 0n, view: needed.view, ...needed.block });
  }
  const { view, block } = ask?.request.statement ?? {};
  const isProposed = shown.at(-1) === '1' && view !== undefined && block !== undefined;
  if (isProposed) facts.proposed({ kind: table.proposal, instance: 0n, view, ...block });
  return facts;
}
