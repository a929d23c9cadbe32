import { assert } from '#libs/assert/assert.ts';
import { toView } from '#libs/chain/ids.ts';
import { genesisCertificate } from '#libs/protocol/certificate.ts';
import { comparePositions, type Position } from '#libs/protocol/vote/position.ts';
import type { Invariant, Violation } from '../checks/findings.ts';
import type { Subject } from '../subject/subject.ts';
import { foundingNodes } from './founding-nodes.ts';
import { LOCKSTEP_GENESIS, LockstepBlocks } from './lockstep-blocks.ts';
import { LockstepChecks } from './lockstep-checks.ts';
import { LockstepInstances } from './lockstep-instances.ts';
import type { Letter, LockstepState } from './lockstep-node.ts';
import { turnAmong } from './lockstep-turn.ts';

/** A view that goes on for longer than this goes round in circles. */
const STEPS_MAX = 20_000;
const BEFORE_ALL: Position = { instance: 0n, view: toView(0n) };

/**
 * The protocol core of every instance, moved forward view by view without time: all messages of a view arrive, in
 * order and at once, within the groups of that view; then stuck instances give up. Nobody lies but twins, so
 * signatures are not verified. A hundred times faster than the whole replica, and its states can be shared.
 */
export class Lockstep<State, Message, Record> {
  readonly #subject: Subject<State, Message, Record>;
  readonly #members: number;
  readonly #checks: LockstepChecks;
  readonly #instances: LockstepInstances<State, Message, Record>;
  /** Leader of each view from the first; later ones follow in turn. */
  leaders: readonly number[] = [];
  #queue: (() => void)[] = [];
  #held: Letter<Message>[] = [];
  #groups: readonly number[] = [];
  /** The turn's position: messages beyond it wait for the next. */
  #at: Position = BEFORE_ALL;

  constructor(subject: Subject<State, Message, Record>, members: number) {
    this.#subject = subject;
    this.#members = members;
    this.#checks = new LockstepChecks(subject.module.votes);
    this.#instances = new LockstepInstances({
      subject,
      blocks: new LockstepBlocks(),
      checks: this.#checks,
      later: (run) => this.#queue.push(run),
      send: (letter) => this.#send(letter),
    });
  }

  /** The state in which everybody has started and has work; all messages so far will be heard in the first view. */
  begin(twins: number): LockstepState<State, Message> {
    const { module } = this.#subject;
    // The scenario may choose other leaders in each of its branches.
    const planned = () => this.leaders;
    const nodes = foundingNodes(this.#subject, { members: this.#members, twins, planned });
    this.#load({ nodes, held: [], certified: new Map() });
    this.#at = BEFORE_ALL;
    const genesis = genesisCertificate(module.votes, module.votes.decides, LOCKSTEP_GENESIS.digest);
    for (const at of this.#instances.nodes.keys()) {
      this.#instances.take(at, { kind: 'start' });
      this.#instances.tellFinal(at, genesis);
      this.#queue.push(() => this.#instances.take(at, { kind: 'work', pending: true }));
    }
    this.#settle();
    return this.#save();
  }

  /** Lets one view pass with these groups. Instances in an older view repeat their messages. */
  pass(before: LockstepState<State, Message>, view: number, groups: readonly number[]) {
    this.#load(before);
    const at = turnAmong(view, this.#subject.module.votes, () => this.#instances.positions());
    this.#at = at;
    this.#groups = groups;
    const due = this.#held;
    this.#held = [];
    for (const letter of due) this.#queue.push(() => this.#deliver(letter));
    const { repeat, leave } = this.#subject.shape.timers;
    this.#fireAll(repeat, (position) => comparePositions(position, at) < 0);
    this.#settle();
    for (const names of [leave, repeat]) {
      this.#fireAll(names, (position) => comparePositions(position, at) <= 0);
      this.#settle();
    }
    return this.#save();
  }

  report(invariant: Invariant, text: string): void {
    this.#checks.report(invariant, text);
  }

  /** The violations found since the last call. */
  takeViolations(): readonly Violation[] {
    return this.#checks.takeViolations();
  }

  /** Height of the newest final block of each honest instance. */
  heights({ nodes }: LockstepState<State, Message>): readonly number[] {
    return nodes.filter(({ isTwin }) => !isTwin).map(({ chain }) => chain.length - 1);
  }

  /** Checks at the end that honest chains are prefixes of each other (libs/simulation/README.md S1). */
  compareChains({ nodes }: LockstepState<State, Message>): void {
    this.#checks.compareChains(nodes);
  }

  #load({ nodes, held, certified }: LockstepState<State, Message>): void {
    this.#instances.restart(nodes);
    this.#checks.restart(certified);
    this.#held = [...held];
    this.#queue = [];
  }

  #save(): LockstepState<State, Message> {
    return { nodes: this.#instances.nodes, held: this.#held, certified: this.#checks.certified };
  }

  #settle(): void {
    for (let at = 0; at < this.#queue.length; at++) {
      assert(at < STEPS_MAX, 'a view comes to its end');
      this.#queue[at]?.();
    }
    this.#queue = [];
  }

  /** Fires these timers wherever they run for a position that is due. */
  #fireAll(names: readonly string[], isDue: (position: Position) => boolean): void {
    for (const name of names) {
      for (const [at, { timers }] of this.#instances.nodes.entries()) {
        const position = timers[name];
        if (position !== undefined && isDue(position))
          this.#queue.push(() => this.#instances.take(at, { kind: 'timer', name, position }));
      }
    }
  }

  #send(letter: Letter<Message>): void {
    const { from, message } = letter;
    if (!this.#instances.node(from).isTwin) this.#checks.sent(this.#subject.certificates(message));
    if (comparePositions(this.#subject.step(message), this.#at) > 0) this.#held.push(letter);
    else this.#queue.push(() => this.#deliver(letter));
  }

  #deliver({ from, to, message }: Letter<Message>): void {
    const sender = this.#instances.node(from).member;
    for (const [at, { member }] of this.#instances.nodes.entries()) {
      const isMeant = to === 'all' ? member !== sender : member === to;
      if (!isMeant || this.#groups[from] !== this.#groups[at]) continue;
      this.#queue.push(() => this.#instances.receive(at, sender, message));
    }
  }
}
