import assert from 'node:assert/strict';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { genesisRoot, type QuorumCertificate, rootCertificate } from '#libs/protocol/certificate.ts';
import { roundRobin } from '#libs/protocol/leader/round-robin.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import type { FinalBlock, Input } from '#libs/protocol/module.ts';
import { pbft } from '#libs/protocol/pbft/pbft.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import type {
  RoundsLeave,
  RoundsMessage,
  RoundsProposal,
  RoundsVote,
} from '#libs/protocol/rounds/message.ts';
import type { RoundsRecord } from '#libs/protocol/rounds/record.ts';
import type { RoundsModule } from '#libs/protocol/rounds/rounds.ts';
import type { RoundsContext, RoundsEffect, RoundsState } from '#libs/protocol/rounds/state.ts';
import { reportsOf, roundPosition } from '#libs/protocol/rounds/statements.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { GENESIS, setOf, signedBy, TIMING } from '#test/support/hotstuff/hotstuff-harness.ts';

/** Quorum of four members. */
const QUORUM = [0, 1, 2];

interface BlockChoices {
  /** The leader, if the block stands on the genesis, when left out. */
  readonly proposer?: number;
  readonly salt?: number;
}

/** A block of a view upon another. */
export function roundBlock(parent: Block, view = 0, { proposer = view, salt = 0 }: BlockChoices = {}): Block {
  const height = toHeight(parent.header.height + 1n);
  const made = { proposer: toMemberIndex(proposer), view: toView(BigInt(view)), timestampMs: BigInt(salt) };
  return sealBlock({ ...GENESIS.header, ...made, height, parent: parent.digest }, []);
}

/** A certificate of the first three members, or of `signers`, of a view that may be later than that of the block's header. */
export function certifiedIn(
  kind: string,
  block: Block,
  { view = Number(block.header.view), signers = QUORUM }: { view?: number; signers?: readonly number[] } = {},
): QuorumCertificate {
  const { height } = block.header;
  const { digest } = block;
  return {
    kind,
    instance: height,
    view: toView(BigInt(view)),
    height,
    digest,
    signatures: signedBy(...signers),
  };
}

/** Three members gave up a view of height 1; the first reports `high`, the others nothing. */
export function leftIn(view: number, high?: QuorumCertificate, height = 1n): LeaveCertificate {
  const shares = signedBy(...QUORUM).map((share, at) => ({
    ...share,
    reports: at === 0 ? reportsOf(high) : [],
  }));
  return { kind: 'view-change', instance: height, view: toView(BigInt(view)), shares, high };
}

interface ProposalChoices {
  readonly view?: number;
  readonly member?: number;
  readonly leave?: LeaveCertificate | undefined;
}

export function roundProposal(
  block: Block,
  { view = Number(block.header.view), member = view, leave }: ProposalChoices = {},
): RoundsProposal {
  const place = { height: block.header.height, view: toView(BigInt(view)), member: toMemberIndex(member) };
  return { kind: 'proposal', ...place, block, leave, signature: Uint8Array.of(7) };
}

export function roundVote(
  member: number,
  step: string,
  block: Block,
  view = Number(block.header.view),
): RoundsVote {
  const place = { height: block.header.height, view: toView(BigInt(view)), member: toMemberIndex(member) };
  return { kind: 'vote', step, ...place, digest: block.digest, signature: Uint8Array.of(member) };
}

interface LeaveChoices {
  readonly view?: number;
  readonly height?: bigint;
  readonly prepared?: QuorumCertificate | undefined;
  readonly entry?: LeaveCertificate | undefined;
}

export function roundLeave(
  member: number,
  { view = 0, height = 1n, prepared, entry }: LeaveChoices = {},
): RoundsLeave {
  const place = { height: toHeight(height), view: toView(BigInt(view)), member: toMemberIndex(member) };
  return { kind: 'leave', ...place, prepared, entry, signature: Uint8Array.of(member) };
}

export interface RoundsCoreFacts {
  readonly me?: number | 'watcher';
  readonly members?: number;
  /** PBFT, when left out. */
  readonly module?: RoundsModule;
  readonly restored?: RoundsRecord | undefined;
  readonly work?: boolean;
  /** The newest final block of the chain store. */
  readonly tip?: Block;
}

const ROOT = genesisRoot(GENESIS.digest);

/** A core of locked rounds under test: fed by hand, its state and its effects laid open. */
export class RoundsCore {
  state: RoundsState;
  readonly effects: RoundsEffect[] = [];
  readonly #module: RoundsModule;
  readonly #work: boolean;

  constructor({
    me = 0,
    members = 4,
    module = pbft,
    restored,
    work = true,
    tip = GENESIS,
  }: RoundsCoreFacts = {}) {
    const set = setOf(members);
    const final = finalBlock(tip);
    const { id: protocol, votes: table } = module;
    const context: RoundsContext = {
      ...{ me: me === 'watcher' ? undefined : toMemberIndex(me), set, table, root: ROOT },
      scope: { chain: toDigest('c'.repeat(64)), protocol, epoch: toEpoch(0n) },
      ...{ timing: TIMING, parameters: {}, leader: roundRobin(set), restored, tip: final.certificate },
    };
    this.#module = module;
    this.#work = work;
    this.state = module.init(context).state;
    this.step({ kind: 'start' });
    this.step({ kind: 'final', ...final });
    if (work) this.step({ kind: 'work', pending: true });
  }

  get at(): RoundsState['at'] {
    return this.state.at;
  }

  /** The effects of one input. After each commit it tells the protocol whether work waits, as the replica does. */
  step(input: Input<RoundsMessage>): readonly RoundsEffect[] {
    const { state, effects } = this.#module.step(this.state, input);
    this.state = state;
    this.effects.push(...effects);
    if (!effects.some(({ kind }) => kind === 'commit')) return effects;
    return [...effects, ...this.step({ kind: 'work', pending: this.#work })];
  }

  /** 'ok', or why a message is refused. */
  judge(from: number, message: RoundsMessage): string {
    const admission = this.#module.admit(this.state, toMemberIndex(from), message);
    return admission.ok ? 'ok' : admission.cause;
  }

  /** Admits and takes in a message; fails the test when it is refused. */
  receive(from: number, message: RoundsMessage): readonly RoundsEffect[] {
    assert.equal(this.judge(from, message), 'ok', `${message.kind} of ${from}`);
    return this.step({ kind: 'message', from: toMemberIndex(from), message });
  }

  /** A message as the replica takes it: admitted or not, and a sender that is behind is helped. */
  offer(from: number, message: RoundsMessage): readonly RoundsEffect[] {
    const member = toMemberIndex(from);
    const admission = this.#module.admit(this.state, member, message);
    if (admission.ok) return this.step({ kind: 'message', from: member, message });
    if (admission.behind === undefined) return [];
    return this.step({ kind: 'behind', member, reported: admission.behind });
  }

  /** The signature of a statement comes back. */
  signed(statement: VoteStatement): readonly RoundsEffect[] {
    return this.step({ kind: 'signed', statement, signature: Uint8Array.of(this.state.context.me ?? 0) });
  }

  /** All signatures asked for by these effects, and by the answers to them, come back. */
  signAll(effects: readonly RoundsEffect[]): readonly RoundsEffect[] {
    return statementsOf(effects).flatMap((each) => {
      const answer = this.signed(each);
      return [...answer, ...this.signAll(answer)];
    });
  }

  /** A block was judged. */
  judged(block: Block, ok = true): readonly RoundsEffect[] {
    const { digest, header } = block;
    return this.step({ kind: 'checked', digest, height: header.height, ok, block });
  }

  /** A proposal comes, and its block is good. */
  propose(block: Block, choices: ProposalChoices = {}): readonly RoundsEffect[] {
    const proposal = roundProposal(block, choices);
    this.receive(proposal.member, proposal);
    return this.judged(block);
  }

  /** Votes of these members come in. */
  votes(step: string, block: Block, members: readonly number[], view = Number(block.header.view)) {
    return members.flatMap((member) => this.receive(member, roundVote(member, step, block, view)));
  }

  /** The block becomes final. */
  final(block: Block): readonly RoundsEffect[] {
    return this.step({ kind: 'final', ...finalBlock(block) });
  }

  fire(name: 'round' | 'resend'): readonly RoundsEffect[] {
    return this.step({ kind: 'timer', name, position: roundPosition(this.at) });
  }

  /** The newest record that was made durable. */
  get record(): RoundsRecord {
    const records = this.effects.flatMap((effect) => ('record' in effect ? [effect.record] : []));
    return records.at(-1) ?? assert.fail('nothing was recorded');
  }

  /** This member after a crash, with its newest record. */
  restarted(facts: RoundsCoreFacts = {}): RoundsCore {
    const me = this.state.context.me ?? 'watcher';
    return new RoundsCore({ me, module: this.#module, restored: this.record, ...facts });
  }
}

export function finalBlock(block: Block): FinalBlock {
  const isRoot = block.header.height === 0n;
  const certificate = isRoot ? rootCertificate(PBFT_TABLE, 'commit', ROOT) : certifiedIn('commit', block);
  return { header: block.header, digest: block.digest, certificate };
}

export function statementsOf(effects: readonly RoundsEffect[]): readonly VoteStatement[] {
  return effects.flatMap((effect) => (effect.kind === 'sign' ? [effect.statement] : []));
}

/** The requested signatures, as "kind height/view". */
export function askedFor(effects: readonly RoundsEffect[]): readonly string[] {
  return statementsOf(effects).map(({ kind, instance, view }) => `${kind} ${instance}/${view}`);
}

/** The sent messages, as "kind to". */
export function saidIn(effects: readonly RoundsEffect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.kind === 'transmit' ? [`${effect.message.kind} ${effect.to}`] : [],
  );
}

/** The messages sent. */
export function messagesIn(effects: readonly RoundsEffect[]): readonly RoundsMessage[] {
  return effects.flatMap((effect) => (effect.kind === 'transmit' ? [effect.message] : []));
}

export function effectKinds(effects: readonly RoundsEffect[]): readonly string[] {
  return effects.map(({ kind }) => kind);
}
