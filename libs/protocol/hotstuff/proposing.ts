import type { Block } from '#libs/chain/block.ts';
import type { BlockDraft } from '#libs/chain/block-draft.ts';
import { toHeight, type View } from '#libs/chain/ids.ts';
import type { KeySignature } from '../signed.ts';
import { hasQuorum } from '../validator-set.ts';
import type { Proposal } from './message.ts';
import { knowsAll } from './reporting.ts';
import { askSignature, say } from './sending.ts';
import { type HotStuffState, hasGivenUp, isUndecided, leads, type Turn } from './state.ts';
import { blockStatement, viewPosition } from './statements.ts';
import { markBlock, voteForProposal } from './voting.ts';

/**
 * Asks, in the leader, for a block once the block to extend is known (RULES.md C.2.1) and there is something to
 * decide.
 */
export function tryPropose(turn: Turn): void {
  if (!mayPropose(turn.state)) return;
  turn.update({ building: true });
  turn.emit({ kind: 'build', position: viewPosition(turn.state.view), draft: draftOf(turn.state) });
}

/** All that waits, upon the highest certificate; the time is that of the leader's clock. */
function draftOf({ high, view, context }: HotStuffState): BlockDraft {
  return {
    mode: 'full',
    timestampMs: undefined,
    proposer: context.leader(view),
    height: toHeight(high.height + 1n),
    parent: high.digest,
  };
}

function mayPropose(state: HotStuffState): boolean {
  if (!leads(state) || state.building || hasGivenUp(state) || hasProposed(state)) return false;
  return (state.work || isUndecided(state)) && (knowsAll(state) || heardQuorum(state));
}

/** One proposal per view, also over a restart (RULES.md A.29). */
function hasProposed({ proposed, view }: HotStuffState): boolean {
  return proposed !== undefined && proposed.view >= view;
}

/** n - f reports of this view, the own knowledge included: none of the others' locks is hidden (RULES.md A.33). */
function heardQuorum(state: HotStuffState): boolean {
  const { me, set } = state.context;
  const reporters = [...state.newViews]
    .filter(([, { view }]) => view === state.view)
    .map(([member]) => member);
  return hasQuorum(set, me === undefined ? reporters : [...reporters, me]);
}

/** The block asked for is there: have the proposal signed, and the own vote for it. */
export function propose(turn: Turn, view: View, block: Block): void {
  const { state } = turn;
  if (view !== state.view || !state.building || hasGivenUp(state) || hasProposed(state)) return;
  turn.update({ building: false });
  // Nothing may extend the block of the highest certificate: it is proposed again, until it is decided.
  const isAgain = block.digest === state.high.digest;
  // A higher certificate was learned while the block was built: the end of this step asks for another block.
  if (!isAgain && block.header.parent !== state.high.digest) return;
  turn.update({
    proposed: { view, height: block.header.height, digest: block.digest },
    draft: {
      kind: 'proposal',
      block,
      again: isAgain ? { view, member: state.context.leader(view) } : undefined,
      justify: state.high,
      timeoutCertificate: state.timeoutCertificate?.view === view - 1n ? state.timeoutCertificate : undefined,
      signature: new Uint8Array(),
    },
  });
  const statement = blockStatement('proposal', view, { height: block.header.height, digest: block.digest });
  askSignature(turn, statement, { header: block.header, certificate: state.high });
  markBlock(turn, block.digest, 'valid');
  voteForProposal(turn);
}

/** The own proposal came back signed: send it. */
export function announceProposal(turn: Turn, view: View, signed: KeySignature): void {
  const { draft } = turn.state;
  if (draft === undefined || view !== turn.state.view || hasGivenUp(turn.state)) return;
  const proposal: Proposal = { ...draft, ...signed };
  turn.update({ draft: undefined, proposal });
  say(turn, 'all', proposal);
}
