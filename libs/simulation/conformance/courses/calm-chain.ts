import { assert } from '#libs/assert/assert.ts';
import { type Digest, type MemberIndex, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { frontierStateRoot } from '#libs/chain/state-sections.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { NodePorts } from '#libs/engine/node-ports.ts';
import { prng } from '#libs/random/prng.ts';
import { SILENT } from '../../checks/observe.ts';
import type { WholeNode } from '../../nodes/whole-node.ts';
import type { HostedSubject } from '../../nodes/whole-nodes.ts';
import type { DelayPlan } from '../../plan/plan.ts';
import { quietPlan } from '../../plan/quiet-plan.ts';
import { QuietWorld } from '../../presets/quiet-world.ts';

/** Votes come one after another, so that those above a quorum are refused before they are verified; no timer repeats anything. */
const DELAY = { minMs: 1, maxMs: 24, tailRate: 0, tailMs: 24 };
const SEED = 1;

/** Nodes start one after another. */
const STARTS_MS = 2_000;

/** Far above what a decision takes where nothing goes wrong, in virtual time. */
const DECISION_MS_MAX = 5_000;

const TEXT = new TextEncoder();

/** Changes the ports of a node. */
export type FitPorts = (ports: NodePorts, node: MemberIndex) => NodePorts;

export interface CalmChoices {
  readonly fit?: FitPorts;
  /** How long messages take; a moment when left out. */
  readonly delay?: DelayPlan;
}

/** Whole nodes to whom nothing happens: messages take a moment, and nobody fails. */
export class CalmChain {
  readonly #world: QuietWorld;
  readonly #nodes: readonly MemberIndex[];
  #submitted = 0;

  constructor(
    subject: HostedSubject,
    members: number,
    { fit = (ports) => ports, delay = DELAY }: CalmChoices = {},
  ) {
    this.#nodes = Array.from({ length: members }, (_, node) => toMemberIndex(node));
    const plan = quietPlan(members);
    plan.delay = delay;
    const observerOf = () => () => SILENT;
    // Small proposals carry their transactions, as in production: those that overtake their gossip make nobody ask.
    const asInProduction: FitPorts = (ports, node) => fit({ ...ports, carriedBytesMax: undefined }, node);
    this.#world = new QuietWorld({ subject, plan, random: prng(SEED), fit: asInProduction, observerOf });
    this.#world.pass(STARTS_MS);
  }

  /** The root of the state after the last final block of the first member, whichever header holds it. */
  get stateRoot(): Digest {
    const { chain } = this.#world.life(toMemberIndex(0));
    const frontier = chain.frontierOf(chain.tip().digest);
    assert(frontier !== undefined, 'the state of the tip is always held');
    return frontierStateRoot(frontier);
  }

  /** Milliseconds since the chain began. */
  get nowMs(): number {
    return this.#world.nowMs;
  }

  /** A node, to look into. */
  life(node: MemberIndex): WholeNode {
    return this.#world.life(node);
  }

  /** Lets time pass in which nothing is given. */
  pass(durationMs: number): void {
    this.#world.pass(durationMs);
  }

  /** Gives a transaction to the next member in turn, until it is final at every member. @returns whether it was in time. */
  decide(text: string): boolean {
    const giver = this.#nodes[this.#submitted % this.#nodes.length] ?? toMemberIndex(0);
    this.#submitted += 1;
    const transaction = transactionOf(TEXT.encode(text));
    this.#world.life(giver).submit(transaction);
    const isFinal = (node: MemberIndex): boolean =>
      this.#world.life(node).chain.isCommitted(transaction.hash);
    return this.#world.until(() => this.#nodes.every(isFinal), DECISION_MS_MAX);
  }

  /** The hashes of all transactions, in their order in the chain of a member. */
  transactions(): readonly string[] {
    const { chain } = this.#world.life(toMemberIndex(0));
    const blocks = Array.from({ length: Number(chain.tip().header.height) + 1 }, (_, height) =>
      chain.blockAt(toHeight(BigInt(height))),
    );
    return blocks.flatMap((block) => block?.transactions.map(({ hash }) => hash) ?? []);
  }
}
