import assert from 'node:assert/strict';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import {
  type EpochRoot,
  genesisCertificate,
  genesisRoot,
  type QuorumCertificate,
  rootCertificate,
} from '#libs/protocol/certificate.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import type { HotStuffMessage, NewView, Proposal, Timeout, Vote } from '#libs/protocol/hotstuff/message.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import type { HotStuffContext, HotStuffEffect, HotStuffState } from '#libs/protocol/hotstuff/state.ts';
import {
  type Phase,
  timeoutCertificateOf,
  timeoutShareOf,
  viewPosition,
} from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { roundRobin } from '#libs/protocol/leader/round-robin.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import type { Input } from '#libs/protocol/module.ts';
import type { ParameterValues } from '#libs/protocol/parameters.ts';
import type { Signed } from '#libs/protocol/signed.ts';
import { type ValidatorSet, validatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VotePath } from '#libs/protocol/vote-path.ts';

export const GENESIS = genesisBlock({ genesisTimeMs: 0n });
export const GENESIS_PREPARE = genesisCertificate(HOTSTUFF_TABLE, 'prepare', GENESIS.digest);
export const GENESIS_COMMIT = genesisCertificate(HOTSTUFF_TABLE, 'commit', GENESIS.digest);
/** The parameter of each way of votes in the terms: the first is not said. */
const PARAMETERS_OF: Readonly<Record<VotePath, ParameterValues>> = { leader: {}, all: { vote_path: 1 } };

export const TIMING = { viewTimeoutMs: 1_000, viewTimeoutMsMax: 8_000 };

export function setOf(members: number): ValidatorSet {
  const facts = Array.from({ length: members }, (_, index) => ({
    name: `m${index}`,
    publicKey: Uint8Array.of(index),
    weight: 1n,
  }));
  return validatorSet(toEpoch(0n), facts);
}

/** Signatures whose bytes tell their member: the core never looks at them. */
export function signedBy(...members: number[]): readonly Signed[] {
  return members.map((member) => ({ member: toMemberIndex(member), signature: Uint8Array.of(member) }));
}

/** A block of a view on another, made by the leader of four (or `members`) members. */
export function blockOn(parent: Block, view: number, { members = 4, salt = 0 } = {}): Block {
  return sealBlock(
    {
      ...GENESIS.header,
      height: toHeight(parent.header.height + 1n),
      view: toView(BigInt(view)),
      proposer: toMemberIndex(view % members),
      timestampMs: BigInt(salt),
      parent: parent.digest,
    },
    [],
  );
}

/** A certificate of the first three members, or of `signers`. */
export function certify(
  phase: Phase,
  block: Block,
  signers: readonly number[] = [0, 1, 2],
): QuorumCertificate {
  const { view, height } = block.header;
  if (view === 0n) return genesisCertificate(HOTSTUFF_TABLE, phase, block.digest);
  return { kind: phase, instance: 0n, view, height, digest: block.digest, signatures: signedBy(...signers) };
}

/** Three members gave up a view; the first reports `high`, the others genesis. */
export function gaveUp(view: number, high = GENESIS_PREPARE): LeaveCertificate {
  const shares = signedBy(0, 1, 2).map((share, index) => {
    return timeoutShareOf(share, index === 0 ? high : GENESIS_PREPARE);
  });
  return timeoutCertificateOf(toView(BigInt(view)), shares, high);
}

export function proposalOf(
  block: Block,
  justify: QuorumCertificate,
  timeoutCertificate?: LeaveCertificate,
): Proposal {
  return { kind: 'proposal', block, justify, timeoutCertificate, signature: Uint8Array.of(7) };
}

export function voteOf(member: number, phase: Phase, block: Block): Vote {
  const { view, height } = block.header;
  const [{ member: index, signature } = assert.fail()] = signedBy(member);
  return { kind: 'vote', phase, view, height, digest: block.digest, member: index, signature };
}

interface Knowledge {
  readonly high?: QuorumCertificate;
  readonly commit?: QuorumCertificate;
  readonly timeoutCertificate?: LeaveCertificate;
}

export function timeoutOf(member: number, view: number, known: Knowledge = {}): Timeout {
  const [{ member: index, signature } = assert.fail()] = signedBy(member);
  return { kind: 'timeout', member: index, signature, ...reportOf(view, known) };
}

export function newViewOf(view: number, known: Knowledge = {}): NewView {
  return { kind: 'new-view', ...reportOf(view, known) };
}

function reportOf(view: number, { high, commit, timeoutCertificate }: Knowledge): Omit<NewView, 'kind'> {
  return {
    view: toView(BigInt(view)),
    high: high ?? GENESIS_PREPARE,
    commit: commit ?? GENESIS_COMMIT,
    timeoutCertificate,
  };
}

export interface CoreFacts {
  readonly me?: number | 'watcher';
  readonly members?: number;
  readonly restored?: SafetyRecord;
  readonly tip?: QuorumCertificate;
  /** The root that the epoch starts from; the genesis when left out. */
  readonly root?: EpochRoot;
  readonly work?: boolean;
  /** The way of votes; to the leader when left out. */
  readonly votePath?: VotePath;
  /** The protocol itself, or one with a rule taken out. */
  readonly module?: typeof hotStuff;
}

/** One HotStuff core under test: fed by hand, its state and its effects laid open. */
export class Core {
  readonly #module: typeof hotStuff;
  state: HotStuffState;
  /** All effects so far, in order. */
  readonly effects: HotStuffEffect[] = [];
  /** The inputs too, each before its effects. */
  readonly history: (Input<HotStuffMessage> | HotStuffEffect)[] = [];
  #work = false;

  constructor({
    me = 0,
    members = 4,
    restored,
    root = genesisRoot(GENESIS.digest),
    tip = rootCertificate(HOTSTUFF_TABLE, 'commit', root),
    work = true,
    votePath = 'leader',
    module = hotStuff,
  }: CoreFacts = {}) {
    this.#module = module;
    const set = setOf(members);
    const context: HotStuffContext = {
      me: me === 'watcher' ? undefined : toMemberIndex(me),
      set,
      table: module.votes,
      scope: { chain: toDigest('c'.repeat(64)), protocol: 'hotstuff', epoch: toEpoch(0n) },
      root,
      timing: TIMING,
      parameters: PARAMETERS_OF[votePath],
      leader: roundRobin(set),
      restored,
      tip,
    };
    this.state = module.init(context).state;
    this.step({ kind: 'start' });
    if (work) this.step({ kind: 'work', pending: true });
  }

  /** The effects of one input. After each commit it tells the protocol whether work waits, as the replica does. */
  step(input: Input<HotStuffMessage>): readonly HotStuffEffect[] {
    if (input.kind === 'work') this.#work = input.pending;
    const { state, effects } = this.#module.step(this.state, input);
    this.state = state;
    this.effects.push(...effects);
    this.history.push(input, ...effects);
    if (!effects.some(({ kind }) => kind === 'commit')) return effects;
    return [...effects, ...this.step({ kind: 'work', pending: this.#work })];
  }

  /** 'ok', or why a message is refused. */
  judge(from: number, message: HotStuffMessage): string {
    const admission = this.#module.admit(this.state, toMemberIndex(from), message);
    return admission.ok ? 'ok' : admission.cause;
  }

  /** Admits and takes in a message; fails the test when it is refused. */
  receive(from: number, message: HotStuffMessage): readonly HotStuffEffect[] {
    assert.equal(this.judge(from, message), 'ok', `${message.kind} of ${from}`);
    return this.step({ kind: 'message', from: toMemberIndex(from), message });
  }

  /** A message as the replica takes it: admitted or not, and a sender that is behind is helped. */
  offer(from: number, message: HotStuffMessage): readonly HotStuffEffect[] {
    const member = toMemberIndex(from);
    const admission = this.#module.admit(this.state, member, message);
    if (admission.ok) return this.step({ kind: 'message', from: member, message });
    return admission.behind === undefined
      ? []
      : this.step({ kind: 'behind', member, reported: admission.behind });
  }

  /** The signature that was asked for comes back. */
  signed(statement: VoteStatement): readonly HotStuffEffect[] {
    return this.step({ kind: 'signed', statement, signature: Uint8Array.of(this.state.context.me ?? 0) });
  }

  /** A proposal comes and its block is good; effects of the judgement. */
  receiveProposal(block: Block, justify: QuorumCertificate, timeoutCertificate?: LeaveCertificate) {
    this.receive(block.header.proposer, proposalOf(block, justify, timeoutCertificate));
    return this.hold(block);
  }

  /** A block is held and good. */
  hold(block: Block): readonly HotStuffEffect[] {
    const { digest, header } = block;
    return this.step({ kind: 'checked', digest, height: header.height, ok: true });
  }

  learn(certificate: QuorumCertificate, from = 3): readonly HotStuffEffect[] {
    return this.receive(from, { kind: 'certificate', certificate });
  }

  /** Fires a timer of the current view. */
  fire(name: 'view' | 'resend'): readonly HotStuffEffect[] {
    return this.step({ kind: 'timer', name, position: viewPosition(this.state.view) });
  }

  /** The newest record that was made durable. */
  get record(): SafetyRecord {
    const records = this.effects.flatMap((effect) => ('record' in effect ? [effect.record] : []));
    return records.at(-1) ?? assert.fail('nothing was recorded');
  }
}

/** The requested signatures, as "kind view". */
export function asked(effects: readonly HotStuffEffect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.kind === 'sign' ? [`${effect.statement.kind} ${effect.statement.view}`] : [],
  );
}

/** The sent messages, as "kind to". */
export function sent(effects: readonly HotStuffEffect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.kind === 'transmit' ? [`${effect.message.kind} ${effect.to}`] : [],
  );
}

export function kinds(effects: readonly HotStuffEffect[]): readonly string[] {
  return effects.map(({ kind }) => kind);
}

/** The statements of the signatures asked for, in order. */
export function statementsIn(effects: readonly HotStuffEffect[]): readonly VoteStatement[] {
  return effects.flatMap((effect) => (effect.kind === 'sign' ? [effect.statement] : []));
}

/** The statement of the only signature asked for. */
export function onlyStatement(effects: readonly HotStuffEffect[]): VoteStatement {
  const [only, ...others] = statementsIn(effects);
  assert.equal(others.length, 0, 'one signature is asked for');
  return only ?? assert.fail('a signature is asked for');
}

/** The proposal among the signatures asked for. */
export function proposalIn(effects: readonly HotStuffEffect[]): VoteStatement {
  return (
    statementsIn(effects).find(({ kind }) => kind === 'proposal') ?? assert.fail('a proposal is asked for')
  );
}
