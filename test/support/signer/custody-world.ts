import type { Block } from '#libs/chain/block.ts';
import { type Digest, toDigest, toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { Custodian } from '#libs/custody/custodian.ts';
import type { CustodyContext, CustodyRequest } from '#libs/custody/custody-context.ts';
import { type CustodyState, virginState } from '#libs/custody/custody-state.ts';
import type { Decision } from '#libs/custody/decision.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import { blockStatement, type Phase, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { roundRobin } from '#libs/protocol/leader/round-robin.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { blockOn, GENESIS, setOf } from '#test/support/hotstuff/hotstuff-harness.ts';

export const CHAIN: Digest = toDigest('c'.repeat(64));
export const SET = setOf(4);

/** The key of member 0 of four, which leads views 4, 8, 12 and so on. */
export const CONTEXT: CustodyContext = {
  table: HOTSTUFF_TABLE,
  set: SET,
  me: toMemberIndex(0),
  root: genesisRoot(GENESIS.digest),
  leader: roundRobin(SET),
};
export const VIRGIN: CustodyState = virginState({ chain: CHAIN, protocol: 'hotstuff', epoch: toEpoch(0n) });

/** The custodian of member 0, and requests to it that lack nothing unless something is taken away. */
export class CustodyWorld {
  readonly custodian: Custodian;

  constructor(state: CustodyState = VIRGIN, context: CustodyContext = CONTEXT) {
    this.custodian = new Custodian(context, state);
  }

  /** The custodian after a restart: verified facts are forgotten, recorded ones are not. */
  restarted(): CustodyWorld {
    return new CustodyWorld(this.custodian.state, this.custodian.context);
  }

  /** A quorum voted for the block, and the signer verified it. */
  certified(phase: Phase, { header, digest }: Block, view = header.view): void {
    const { height } = header;
    this.custodian.facts.certified({ kind: phase, instance: 0n, view, height, digest });
  }

  /** Its leader signed the proposal, and the signer verified it. */
  proposed({ header, digest }: Block, view = header.view): void {
    this.custodian.facts.proposed({ kind: 'proposal', instance: 0n, view, height: header.height, digest });
  }

  request(statement: VoteStatement, change: Partial<CustodyRequest> = {}): CustodyRequest {
    const { chain, epoch, session } = this.custodian.state;
    const plain = { chain, epoch, session, statement: statement };
    return { ...plain, header: undefined, justifyView: undefined, ...change };
  }

  /** The statement about a block, with its header and the view of its justification. */
  about(
    kind: 'proposal' | Phase,
    block: Block,
    { justifyView = 0, view = Number(block.header.view) } = {},
  ): CustodyRequest {
    const { header, digest } = block;
    const statement = blockStatement(kind, toView(BigInt(view)), { height: header.height, digest });
    const begins = kind === 'proposal' || kind === 'prepare';
    return this.request(statement, begins ? { header, justifyView: toView(BigInt(justifyView)) } : {});
  }

  timeout(view: number, high: Block = GENESIS, highView = high.header.view): CustodyRequest {
    return this.request(timeoutStatement(toView(BigInt(view)), { view: highView, digest: high.digest }));
  }

  /** Decides, and takes the decision over. */
  ask(request: CustodyRequest): Decision {
    const decision = this.custodian.decide(request);
    if (decision.kind === 'sign') this.custodian.commit(decision);
    return decision;
  }

  /** 'sign', 'repeat' or the reason. */
  outcome(request: CustodyRequest): string {
    const decision = this.ask(request);
    return decision.kind === 'refuse' ? decision.reason : decision.kind;
  }

  /** Goes through all votes of a view for a new block on `parent`, up to and with `last`. */
  voteThrough(view: number, parent: Block = GENESIS, last: Phase = 'commit'): Block {
    const block = blockOn(parent, view);
    this.proposed(block);
    this.ask(this.about('prepare', block, { justifyView: Number(parent.header.view) }));
    if (last === 'prepare') return block;
    this.certified('prepare', block);
    this.ask(this.about('pre-commit', block));
    if (last === 'pre-commit') return block;
    this.certified('pre-commit', block);
    this.ask(this.about('commit', block));
    return block;
  }
}
