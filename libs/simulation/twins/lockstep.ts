import { assert } from '#libs/assert/assert.ts';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { type Digest, type MemberIndex, toHeight, toMemberIndex, type View } from '#libs/chain/ids.ts';
import { genesisCertificate, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { Effect, Input } from '#libs/protocol/module.ts';
import { prng } from '#libs/random/prng.ts';
import { Findings, type Invariant, type Violation } from '../checks/findings.ts';
import { SimulatedFederation } from '../federation/federation.ts';
import { statementName } from '../federation/signatures.ts';
import type { Subject } from '../subject/subject.ts';
import {
  certificateSlot,
  type Letter,
  type LockstepNode,
  type LockstepState,
  signIn,
} from './lockstep-node.ts';

const GENESIS = genesisBlock({ genesisTimeMs: 0n });
const NO_CLOCK = { steps: 0, nowMs: 0 };
const SIGNATURE = new Uint8Array(1);
const TIMING = { viewTimeoutMs: 300, viewTimeoutMsMax: 3_000 };

/** A view that goes on for longer than this goes round in circles. */
const STEPS_MAX = 20_000;

/**
 * The protocol core of every instance, moved forward view by view without time: all messages of a view arrive, in
 * order and at once, within the groups of that view; then stuck instances give up. Nobody lies but twins, so
 * signatures are not verified. A hundred times faster than the whole replica, and its states can be shared.
 */
export class Lockstep<State, Message, Record> {
  readonly #subject: Subject<State, Message, Record>;
  readonly #members: number;
  readonly #blocks = new Map<Digest, Block>([[GENESIS.digest, GENESIS]]);
  /** Leader of each view from the first; later ones follow in turn. */
  leaders: readonly number[] = [];
  #findings = new Findings(NO_CLOCK);
  #nodes: LockstepNode<State>[] = [];
  #queue: (() => void)[] = [];
  #held: Letter<Message>[] = [];
  #certified = new Map<string, Digest>();
  #groups: readonly number[] = [];
  #view = 0n;

  constructor(subject: Subject<State, Message, Record>, members: number) {
    this.#subject = subject;
    this.#members = members;
  }

  /** The state in which everybody has started and has work; all messages so far will be heard in the first view. */
  begin(twins: number): LockstepState<State, Message> {
    const protocol = this.#subject.module.id;
    const facts = { members: this.#members, protocol, genesis: GENESIS.digest, random: prng(0) };
    const { scope, set, root } = new SimulatedFederation(facts).founding;
    const owners = [...Array(this.#members).keys(), ...Array(twins).keys()];
    const leader = (view: View) =>
      toMemberIndex(this.leaders[Number(view) - 1] ?? Number(view) % this.#members);
    this.#load({ nodes: [], held: [], certified: new Map() });
    this.#nodes = owners.map((owner) => {
      const me = toMemberIndex(owner);
      const tip = genesisCertificate('commit', GENESIS.digest);
      const context = {
        me,
        set,
        scope,
        root,
        timing: TIMING,
        leader,
        restored: undefined,
        tip,
      };
      const { state } = this.#subject.module.init(context);
      const signed = { view: 0n as View, names: {} };
      return { member: me, isTwin: owner < twins, state, signed, chain: [GENESIS.digest], timers: {} };
    });
    this.#view = 0n;
    for (const at of this.#nodes.keys()) {
      this.#take(at, { kind: 'start' });
      this.#take(at, { kind: 'work', pending: true });
    }
    this.#settle();
    return this.#save();
  }

  /** Lets one view pass with these groups. Instances in an older view repeat their messages. */
  pass(before: LockstepState<State, Message>, view: number, groups: readonly number[]) {
    this.#load(before);
    this.#view = BigInt(view);
    this.#groups = groups;
    const due = this.#held;
    this.#held = [];
    for (const letter of due) this.#queue.push(() => this.#deliver(letter));
    this.#fireAll('resend', BigInt(view));
    this.#settle();
    this.#fireAll('view', BigInt(view) + 1n);
    this.#settle();
    this.#fireAll('resend', BigInt(view) + 1n);
    this.#settle();
    return this.#save();
  }

  report(invariant: Invariant, text: string): void {
    this.#findings.report(invariant, text);
  }

  /** The violations found since the last call. */
  takeViolations(): readonly Violation[] {
    const { violations } = this.#findings;
    this.#findings = new Findings(NO_CLOCK);
    return violations;
  }

  /** Height of the newest final block of each honest instance. */
  heights({ nodes }: LockstepState<State, Message>): readonly number[] {
    return nodes.filter(({ isTwin }) => !isTwin).map(({ chain }) => chain.length - 1);
  }

  /** Checks at the end that honest chains are prefixes of each other (libs/simulation/README.md S1). */
  compareChains({ nodes }: LockstepState<State, Message>): void {
    const chains = nodes.filter(({ isTwin }) => !isTwin).map(({ chain }) => chain);
    const longest = chains.reduce((max, each) => (each.length > max.length ? each : max));
    for (const chain of chains) {
      const at = chain.findIndex((digest, height) => digest !== longest[height]);
      if (at >= 0) this.report('S1', `two final blocks at height ${at}`);
    }
  }

  #load({ nodes, held, certified }: LockstepState<State, Message>): void {
    this.#nodes = [...nodes];
    this.#held = [...held];
    this.#certified = new Map(certified);
    this.#queue = [];
  }

  #save(): LockstepState<State, Message> {
    return { nodes: this.#nodes, held: this.#held, certified: this.#certified };
  }

  #settle(): void {
    for (let at = 0; at < this.#queue.length; at++) {
      assert(at < STEPS_MAX, 'a view comes to its end');
      this.#queue[at]?.();
    }
    this.#queue = [];
  }

  /** Fires a timer wherever it runs in a view below `before`. */
  #fireAll(name: 'view' | 'resend', before: bigint): void {
    for (const [at, { timers }] of this.#nodes.entries()) {
      const view = timers[name];
      if (view !== undefined && view < before)
        this.#queue.push(() => this.#take(at, { kind: 'timer', name, view }));
    }
  }

  #node(at: number): LockstepNode<State> {
    const node = this.#nodes[at];
    assert(node !== undefined, 'the instance exists');
    return node;
  }

  #update(at: number, change: Partial<LockstepNode<State>>): void {
    this.#nodes[at] = { ...this.#node(at), ...change };
  }

  #take(at: number, input: Input<Message>): void {
    const { state, effects } = this.#subject.module.step(this.#node(at).state, input);
    this.#update(at, { state });
    for (const effect of effects) this.#perform(at, effect);
  }

  #perform(at: number, effect: Effect<Message, Record>): void {
    const later = (input: Input<Message>) => this.#queue.push(() => this.#take(at, input));
    switch (effect.kind) {
      case 'sign': {
        const { statement } = effect;
        this.#sign(at, effect.statement);
        return void later({ kind: 'signed', statement, signature: SIGNATURE });
      }
      case 'transmit':
        return this.#send(at, effect.to, effect.message);
      case 'set-timer':
        return this.#update(at, { timers: { ...this.#node(at).timers, [effect.name]: effect.view } });
      case 'cancel-timer':
        return this.#update(at, { timers: { ...this.#node(at).timers, [effect.name]: undefined } });
      case 'build': {
        const block = this.#build(at, effect.view, effect.parent);
        return void later({ kind: 'built', view: effect.view, block });
      }
      case 'check': {
        const { digest, header } = effect.block;
        return void later({ kind: 'checked', digest, height: header.height, ok: true });
      }
      case 'fetch': {
        const { digest, height } = effect.certificate;
        return void later({ kind: 'checked', digest, height, ok: true });
      }
      case 'commit':
        this.#commit(at, effect.certificate);
        // There is always more to decide.
        return void later({ kind: 'work', pending: true });
      case 'persist':
      case 'view-entered':
        return;
    }
  }

  #sign(at: number, statement: Parameters<typeof signIn>[1]): void {
    const { signed, isTwin } = this.#node(at);
    const { fault, next } = signIn(signed, statement, statementName(statement));
    this.#update(at, { signed: next });
    if (fault && !isTwin) this.report('L1', `instance ${at} contradicts itself: ${statementName(statement)}`);
  }

  /** Two leaders with one key never make the same block. */
  #build(at: number, view: View, parent: QuorumCertificate): Block {
    const header = {
      ...GENESIS.header,
      height: toHeight(parent.height + 1n),
      view,
      proposer: this.#node(at).member,
      timestampMs: BigInt(at),
      parent: parent.digest,
    };
    const block = sealBlock(header, []);
    this.#blocks.set(block.digest, block);
    return block;
  }

  #send(from: number, to: MemberIndex | 'all', message: Message): void {
    if (!this.#node(from).isTwin) this.#checkCertificates(message);
    const letter = { from, to, message };
    if (this.#subject.step(message).view > this.#view) this.#held.push(letter);
    else this.#queue.push(() => this.#deliver(letter));
  }

  #checkCertificates(message: Message): void {
    for (const certificate of this.#subject.certificates(message)) {
      const slot = certificateSlot(certificate);
      const known = this.#certified.get(slot);
      if (known === undefined) this.#certified.set(slot, certificate.digest);
      else if (known !== certificate.digest) this.report('S2', `two certificates: ${slot}`);
    }
  }

  #deliver({ from, to, message }: Letter<Message>): void {
    const sender = this.#node(from).member;
    for (const [at, { member }] of this.#nodes.entries()) {
      const isMeant = to === 'all' ? member !== sender : member === to;
      if (!isMeant || this.#groups[from] !== this.#groups[at]) continue;
      this.#queue.push(() => this.#receive(at, sender, message));
    }
  }

  #receive(at: number, from: MemberIndex, message: Message): void {
    const admission = this.#subject.module.admit(this.#node(at).state, from, message);
    if (admission.ok) this.#take(at, { kind: 'message', from, message });
    else if (admission.behind !== undefined) {
      this.#take(at, { kind: 'behind', member: from, reported: admission.behind });
    }
  }

  #commit(at: number, { digest, height }: QuorumCertificate): void {
    const { chain, isTwin } = this.#node(at);
    const fresh: Digest[] = [];
    let block = this.#blocks.get(digest);
    while (block !== undefined && block.header.height >= BigInt(chain.length)) {
      fresh.push(block.digest);
      block = this.#blocks.get(block.header.parent);
    }
    if (block?.digest !== chain[Number(block?.header.height)] && !isTwin) {
      this.report('S1', `instance ${at} holds another block than the one decided at height ${height}`);
    }
    this.#update(at, { chain: [...chain, ...fresh.reverse()] });
  }
}
