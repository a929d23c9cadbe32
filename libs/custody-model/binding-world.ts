import { type Digest, toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import type { CustodyRequest } from '#libs/custody/custody-context.ts';
import type { Decision } from '#libs/custody/decision.ts';
import { inEpoch } from '#libs/custody/epoch.ts';
import { FactBook } from '#libs/custody/fact-book.ts';
import { withMode, withNewSession } from '#libs/custody/session.ts';
import { timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { Ask, KeyNode, KeyWorld, ModelKey } from './key-world.ts';
import { worldOf } from './model-world.ts';

export const BINDING_PROMISES = {
  active: 'a key in quarantine, or retired, answered',
  session: 'two live sessions: one that was taken over was answered',
  chain: 'a request of another chain was answered, and took a slot of this one',
  epoch: 'a request of an epoch that the key is not in was answered',
  member: 'a key signed for members of whom it is none',
  repeat: 'what was signed was refused when it was asked for again',
} as const;

const SESSIONS_MAX = 2n;
const OTHER_CHAIN = toDigest('d'.repeat(64));
const [OLD, NEXT] = [toEpoch(0n), toEpoch(1n)];
const ROOT_VIEW = toView(1n);

/**
 * One key, and everything that can become of it while everybody asks it for the same statements: two consensus
 * processes, one of another chain, and processes of two epochs whose members overlap. It may be in the next
 * epoch, or not.
 */
export function bindingWorld(table: VoteTable = HOTSTUFF_TABLE): KeyWorld {
  const { context: base, virgin, blocks } = worldOf([{ view: Number(ROOT_VIEW), parent: undefined }]);
  const root = blocks[0]?.block;
  const context = { ...base, table };
  const statements =
    table.instances === 'one'
      ? timeoutsOn(context.root.digest, root?.digest ?? context.root.digest)
      : leavesOf(table);
  return {
    asks: askedOf(virgin.chain, statements),
    keys: [{ role: 'member', context, state: { ...virgin, protocol: table.protocol } }],
    shown: () => [''],
    facts: () => new FactBook(),
    turns: (key) => turnsOf(key, root),
    wrongAnswer,
    broken: () => undefined,
  };
}

/** A timeout of each of two views, with each of two certificates. */
function timeoutsOn(...roots: readonly Digest[]): readonly VoteStatement[] {
  return [1n, 2n].flatMap((view) =>
    roots.map((digest, index) => timeoutStatement(toView(view), { view: toView(BigInt(index)), digest })),
  );
}

/** Gives up each of two views of each of two heights: the first of the epochs, and the one that the next begins with. */
function leavesOf({ kinds }: VoteTable): readonly VoteStatement[] {
  const leaves = Object.entries(kinds).filter(([, row]) => row.leaves !== undefined);
  return leaves.flatMap(([kind]) =>
    [1n, 2n].flatMap((instance) =>
      [1n, 2n].map((view) => ({ kind, instance, view: toView(view), block: undefined, reports: [] })),
    ),
  );
}

/** Each statement as each session asks for it, for each chain and epoch. */
function askedOf(chain: Digest, statements: readonly VoteStatement[]): Ask[] {
  const askers = [0n, 1n, SESSIONS_MAX].flatMap((session) =>
    [chain, OTHER_CHAIN].flatMap((of) => [OLD, NEXT].map((epoch) => ({ session, chain: of, epoch }))),
  );
  return statements.flatMap((statement) =>
    askers.map((asker) => ({
      name: `${statement.kind} ${statement.instance}/${statement.view} of ${asker.session} ${asker.chain[0]} ${asker.epoch}`,
      request: { ...asker, statement, header: undefined, justifyView: undefined },
    })),
  );
}

function* turnsOf(
  { role, context, state }: KeyNode,
  root: { readonly digest: Digest } | undefined,
): Iterable<ModelKey> {
  if (state.session < SESSIONS_MAX) yield { role, context, state: withNewSession(state) };
  if (state.mode === 'active') {
    yield { role, context, state: withMode(state, 'quarantined') };
    yield { role, context, state: withMode(state, 'retired') };
  }
  if (state.epoch !== OLD || root === undefined) return;
  const next = { ...context.root, view: ROOT_VIEW, height: toHeight(1n), digest: root.digest };
  const entered = inEpoch(state, { epoch: NEXT, root: next, table: context.table });
  // The same members, but one is replaced: the member of this key, or another.
  const set = validatorSet(NEXT, [
    ...context.set.members.slice(1),
    { name: 'new', publicKey: new Uint8Array([9]), weight: 1n },
  ]);
  yield { role: 'stays', context: { ...context, set, root: next }, state: entered };
  yield { role: 'leaves', context: { ...context, set, root: next, me: undefined }, state: entered };
}

function wrongAnswer(
  { context, state, signed }: KeyNode,
  { request }: Ask,
  decision: Decision,
): string | undefined {
  const isBound = faultOf({ context, state }, request);
  if (decision.kind !== 'refuse') return isBound;
  return isBound === undefined && decision.facts.signed === decision.facts.wanted && signed.length > 0
    ? BINDING_PROMISES.repeat
    : undefined;
}

/** The promise that any answer to it breaks. */
function faultOf(
  { context, state }: Pick<KeyNode, 'context' | 'state'>,
  asked: CustodyRequest,
): string | undefined {
  if (state.mode !== 'active') return BINDING_PROMISES.active;
  if (asked.session !== state.session) return BINDING_PROMISES.session;
  if (asked.chain !== state.chain) return BINDING_PROMISES.chain;
  if (asked.epoch !== state.epoch) return BINDING_PROMISES.epoch;
  return context.me === undefined ? BINDING_PROMISES.member : undefined;
}
