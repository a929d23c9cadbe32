import { type Epoch, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import type { CertificateRule } from '#libs/chain/kept-certificates.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { AutomaticVotes } from '#libs/engine/ports/engine-ports.ts';
import type { Submission } from '#libs/engine/ports/submission.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import { VOTE_BLOCKS_MAX } from '#libs/membership/limits.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { NewTerms } from '#libs/membership/new-terms.ts';
import { OPEN_POLICY } from '#libs/membership/policy.ts';
import { membershipSigningBytes } from '#libs/membership/vote.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { prng } from '#libs/random/prng.ts';
import type { Findings, Violation } from '#libs/simulation/checks/findings.ts';
import { memberFactsOf, nodeOf } from '#libs/simulation/federation/federation.ts';
import { signedVote } from '#libs/simulation/federation/signed-vote.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import type { HostedSubject } from '#libs/simulation/nodes/whole-nodes.ts';
import { type QuietPlan, quietPlan } from '#libs/simulation/plan/quiet-plan.ts';
import { honestObservers } from '#libs/simulation/presets/honest-observers.ts';
import { QuietWorld } from '#libs/simulation/presets/quiet-world.ts';
import { EpochNode } from './epoch-node.ts';

const DELAY = { minMs: 1, maxMs: 20, tailRate: 0, tailMs: 20 };

export interface EpochFederationOptions {
  readonly members: number;
  /** Nodes that may be added later. Their numbers follow those of the members. */
  readonly newcomers?: number;
  readonly seed?: number;
  /** Part of the messages that are lost, from 0 to 1. */
  readonly loss?: number;
  /** Blocks of an epoch before its first vote. */
  readonly epochBlocksMin?: number;
  /** A member that is this many blocks behind takes a snapshot; 0: none does. */
  readonly snapshotBlocks?: number;
  /** Which certificates members keep; those of production, when left out. */
  readonly certificates?: CertificateRule;
  /** Whether signers sign votes that no person has seen. */
  readonly votesAlone?: boolean;
  /** The protocols that its epochs may run; HotStuff alone, when left out. */
  readonly subject?: HostedSubject;
}

/** A change by the numbers of nodes. */
export interface NodeChange {
  readonly leave: readonly number[];
  readonly join: readonly number[];
  readonly terms?: NewTerms;
}

/**
 * A federation of the simulator over all its epochs, watched by all its checkers: messages take 1 to 20 ms, some are lost, and a
 * test says which nodes run, crash and come back with their disk.
 */
export class EpochFederation {
  /** The members that each node, by its number, was told to be suspended. */
  readonly suspended = new Map<number, readonly string[]>();
  /** The nodes that were set up, by number. */
  readonly nodes = new Map<number, EpochNode>();
  readonly #plan: QuietPlan;
  readonly #world: QuietWorld;
  #findings: Findings | undefined;
  #sinceMs: number | undefined;

  constructor({
    members,
    newcomers = 0,
    seed = 1,
    loss = 0,
    epochBlocksMin = 1,
    snapshotBlocks = 0,
    certificates,
    votesAlone = false,
    subject = hostedHotStuff(),
  }: EpochFederationOptions) {
    const forEver = { atMs: 0, untilMs: Number.POSITIVE_INFINITY };
    this.#plan = quietPlan(members, {
      newcomers,
      policy: { ...OPEN_POLICY, epochBlocksMin },
      snapshotBlocks,
      ...(certificates && { certificates }),
      // No node starts by itself.
      absences: Array.from({ length: members + newcomers }, (_, instance) => ({ instance, ...forEver })),
    });
    this.#plan.delay = DELAY;
    this.#plan.lossRate = loss;
    this.#world = new QuietWorld({
      subject,
      plan: this.#plan,
      random: prng(seed),
      fit: (ports, number) => ({
        ...this.node(number).fit(ports),
        ...(votesAlone && { automaticVotes: this.#votesOf(number) }),
      }),
      observerOf: (ground) => {
        const { findings, observerOf } = honestObservers(ground);
        this.#findings = findings;
        return observerOf;
      },
    });
    this.#world.settle();
    for (let number = 0; number < members; number++) this.add(number);
  }

  /** The invariants that were broken so far (libs/simulation/README.md). */
  get violations(): readonly Violation[] {
    return this.#findings?.violations ?? [];
  }

  /** The membership that the chain began with. */
  get founding(): Membership {
    return this.#world.ground.federation.membership;
  }

  /** Whether a signature under any bytes is that of the node of this key, as a client verifies it. */
  isTrue(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    return this.#world.ground.federation.votes.verify(nodeOf({ publicKey }), message, signature);
  }

  set loss(rate: number) {
    this.#plan.lossRate = rate;
  }

  /** A node that knows the genesis alone, or begins with the chain of another. */
  add(number: number, like?: EpochNode): EpochNode {
    const instance = this.#world.world.instances[number];
    if (instance === undefined) throw new Error(`the federation has no room for node ${number}`);
    const members = this.up.length === 0 ? [] : this.membership.roster;
    const named = members.map(({ gatewayPublicKey }) => gatewayPublicKey);
    const node = new EpochNode(instance, named, () => this.#world.life(instance.member));
    if (like !== undefined) node.copy(like);
    this.nodes.set(number, node);
    this.start(node);
    return node;
  }

  node(number: number): EpochNode {
    const node = this.nodes.get(number);
    if (node === undefined) throw new Error(`there is no node ${number}`);
    return node;
  }

  get up(): readonly EpochNode[] {
    return [...this.nodes.values()].filter(({ isUp }) => isUp);
  }

  /** The membership as the furthest node knows it. */
  get membership(): Membership {
    const [furthest] = this.up.toSorted((a, b) => b.instance.disk.height - a.instance.disk.height);
    if (furthest === undefined) throw new Error('nobody is up');
    return furthest.membership;
  }

  /** The numbers of the members. */
  get members(): readonly number[] {
    return this.membership.roster.map(nodeOf);
  }

  crash(node: EpochNode): void {
    node.instance.crash();
  }

  start({ instance }: EpochNode): void {
    instance.start();
    for (const { instance: other } of this.up) {
      if (other === instance) continue;
      instance.peerConnected(other.member);
      other.peerConnected(instance.member);
    }
  }

  /** @param epoch - The epoch that it ends: the present one, when left out. */
  change({ leave, join, terms }: NodeChange, epoch: Epoch = this.membership.epoch): MembershipChange {
    const { chain } = this.membership;
    const names = leave.map((number) => memberFactsOf(number).name);
    return { chain, epoch, leave: names, join: join.map(memberFactsOf), ...(terms && { terms }) };
  }

  /** A vote of a member for a change, given to it as by its operator. */
  vote(
    { number, node, membership }: EpochNode,
    change: MembershipChange,
    answer?: Submission['answer'],
  ): void {
    const { roster, root, terms } = membership;
    const place = roster.findIndex((facts) => nodeOf(facts) === number);
    if (place < 0) return;
    const goodUntil = toHeight(root.height + VOTE_BLOCKS_MAX);
    const vote = signedVote(this.#world.ground.federation, number, {
      change,
      goodUntil,
      member: toMemberIndex(place),
      protocol: terms.protocol,
    });
    node.submit(vote, { ...(answer === undefined ? {} : { answer }) });
  }

  /** The signer of a node, which signs each vote. */
  #votesOf(number: number): AutomaticVotes {
    return {
      suspended: (names) => void this.suspended.set(number, names),
      sign: ({ change, goodUntil }, done) => {
        const { votes, membership } = this.#world.ground.federation;
        const vote = { change, digest: changeDigest(change), goodUntil };
        done(votes.sign(toMemberIndex(number), membershipSigningBytes(membership.terms.protocol, vote)));
      },
    };
  }

  /** The signature of a node under a statement of an epoch, whether it is a member there or not. */
  signatureOf(node: number, epoch: Epoch, statement: VoteStatement): Uint8Array {
    const { votes, founding } = this.#world.ground.federation;
    const { bytes } = this.#world.ground.subject.module.votes;
    return votes.sign(toMemberIndex(node), bytes({ ...founding.scope, epoch }, statement));
  }

  submit({ node }: EpochNode, text: string): void {
    node.submit(transactionOf(Buffer.from(text)));
  }

  /** Lets time pass until something holds. @throws when it does not within `limitMs`. */
  until(what: string, holds: () => boolean, limitMs = 600_000): void {
    if (this.#world.until(holds, limitMs)) return;
    throw new Error(`not within ${limitMs} ms: ${what}${this.describe()}`);
  }

  /** Where everybody is, for the message of a test that failed. */
  describe(): string {
    const lines = [...this.nodes.values()].map((node) => node.describe());
    return `\n${lines.join('\n')}\nmembers ${this.members.join(' ')}`;
  }

  /** True once in a while, for `until`: so much time has passed since it was asked first. */
  isOver(durationMs: number): boolean {
    const { nowMs } = this.#world;
    this.#sinceMs ??= nowMs;
    const isOver = nowMs - this.#sinceMs >= durationMs;
    if (isOver) this.#sinceMs = undefined;
    return isOver;
  }

  pass(durationMs: number): void {
    this.#world.pass(durationMs);
  }
}
