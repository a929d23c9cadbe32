import { type BlockHeader, NO_PROPOSER } from '#libs/chain/block.ts';
import { toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { virginState } from '#libs/custody/custody-state.ts';
import { FactBook } from '#libs/custody/fact-book.ts';
import { learnCertified } from '#libs/custody/learn-certified.ts';
import { slotName, slotOf } from '#libs/protocol/vote/slot.ts';
import { kindRowOf, type VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { KeyNode, KeyWorld } from '../key-world.ts';
import { CHAIN, EPOCH, type RoundsAsk, roundsAsks } from '../rounds-asks.ts';
import { LIAR, roundsContext } from './key-book.ts';

export const LONE_PROMISES = {
  contradicts: 'a key gave two statements in one slot',
  hides: 'hides: a key gave a view up and hid a certificate that it voted on there or before',
  usurps: 'usurps: a key proposed in a view that it does not lead',
  unproposed: 'a key voted for a block that the leader of its view never proposed',
} as const;

const VIEWS = 2;

const DERIVED: BlockHeader = {
  ...{ height: toHeight(1n), epoch: EPOCH, view: toView(0n), proposer: NO_PROPOSER, timestampMs: 0n },
  ...{ parent: CHAIN, payloadRoot: CHAIN, stateRoot: CHAIN, transactionCount: 0, extensions: [] },
};

/** A vote that is shown with the leader's signature of its proposal, or not. */
interface LoneAsk extends RoundsAsk {
  readonly isProposed: boolean;
}

/**
 * One honest key in one height of a protocol of rounds, where every certificate can be had: more than any other keys could
 * bring about. It leads the first view, and the liar the second.
 */
export function loneKeyWorld(table: VoteTable): KeyWorld {
  const asks = loneAsks(table);
  const context = {
    ...roundsContext({ table }),
    leader: (view: bigint) => (view === table.firstView ? toMemberIndex(0) : LIAR),
  };
  const state = virginState({ chain: CHAIN, protocol: table.protocol, epoch: EPOCH });
  return {
    asks,
    keys: [{ role: 'any', context, state }],
    shown: () => [''],
    facts: (index) => factsOf(table, asks, index),
    broken: ([key]) => (key === undefined ? undefined : brokenBy(table, asks, key)),
  };
}

/** All requests of one height, the votes for proposals that the liar signed, and the same votes without. */
function loneAsks(table: VoteTable): readonly LoneAsk[] {
  const asks = roundsAsks(table, { views: VIEWS, instances: 1 });
  const proposed = asks.map((ask) => ({
    ...ask,
    isProposed: ask.statement.view !== table.firstView,
  }));
  const firsts = proposed.filter(({ statement }) => statement.kind === table.prepared);
  const unproposed = firsts
    .filter(({ isProposed }) => isProposed)
    .map((ask) => ({ ...ask, name: `${ask.name}, never proposed`, isProposed: false }));
  const proposals = firsts.map((ask) => {
    const statement = { ...ask.statement, kind: table.proposal };
    return { ...ask, name: `own ${ask.name}`, statement, request: { ...ask.request, statement } };
  });
  // The header is of another block, which its parent alone determines.
  const derived = unproposed.map((ask) => ({
    ...ask,
    ...{ name: `${ask.name}, as derived`, request: { ...ask.request, header: DERIVED } },
  }));
  return [...proposed, ...unproposed, ...derived, ...proposals];
}

function factsOf(table: VoteTable, asks: readonly LoneAsk[], index: number): FactBook {
  const facts = new FactBook();
  const ask = asks[index];
  if (ask === undefined) return facts;
  const { statement, needs, isProposed } = ask;
  const { instance, view, block, reports } = statement;
  if (block !== undefined && isProposed) facts.proposed({ kind: table.proposal, instance, view, ...block });
  if (view !== table.firstView) facts.chosen({ instance, view }, { only: undefined });
  const needed = needs === undefined ? undefined : asks[needs]?.statement;
  if (needed?.block !== undefined) learnCertified(table, facts, { ...needed, ...needed.block });
  for (const each of reports) facts.certified({ ...each, kind: table.prepared, height: each.instance });
  return facts;
}

function brokenBy(table: VoteTable, asks: readonly LoneAsk[], { signed }: KeyNode): string | undefined {
  const said = signed.flatMap((index) => asks[index] ?? []);
  const led = said.filter(({ statement: { kind } }) => kind === table.proposal);
  if (led.some(({ statement: { view } }) => view !== table.firstView)) return LONE_PROMISES.usurps;
  const isOwn = ({ statement: { view, block } }: LoneAsk): boolean =>
    view === table.firstView && led.some((each) => each.statement.block?.digest === block?.digest);
  const firsts = said.filter(({ statement: { kind } }) => kind === table.prepared);
  if (firsts.some((vote) => !vote.isProposed && !isOwn(vote))) return LONE_PROMISES.unproposed;
  const slots = said.map(({ statement }) => slotName(slotOf(EPOCH, statement, table)));
  if (new Set(slots).size < slots.length || saysYesAndNo(table, said)) return LONE_PROMISES.contradicts;
  return said.some((left) => said.some((vote) => isHidden(table, vote, left)))
    ? LONE_PROMISES.hides
    : undefined;
}

/** Whether it voted for a block in a view, and refused one there: kinds that rest on nothing and lead nowhere refuse. */
function saysYesAndNo({ kinds, prepared }: VoteTable, said: readonly LoneAsk[]): boolean {
  const isNo = ({ statement: { kind, block } }: LoneAsk): boolean =>
    block !== undefined &&
    kind !== prepared &&
    kinds[kind]?.grounds === 'none' &&
    kinds[kind]?.needs === undefined;
  return said.some(
    (vote) =>
      vote.statement.kind === prepared &&
      said.some((no) => isNo(no) && no.statement.view === vote.statement.view),
  );
}

/** Whether a leave leaves out a certificate that the vote acted on, in a view that it gives up. */
function isHidden(table: VoteTable, { statement: vote }: LoneAsk, { statement: left }: LoneAsk): boolean {
  if (kindRowOf(table, vote.kind)?.remembers !== 'high') return false;
  if (kindRowOf(table, left.kind)?.leaves === undefined || vote.view > left.view) return false;
  return !left.reports.some(({ view }) => view >= vote.view);
}
