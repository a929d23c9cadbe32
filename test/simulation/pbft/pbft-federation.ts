import assert from 'node:assert/strict';
import type { Block } from '#libs/chain/block.ts';
import { toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { NodeStatus } from '#libs/engine/node-ports.ts';
import { HaltHeight } from '#libs/engine/ports/halt-height.ts';
import type { Claim, QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { ProtocolTiming } from '#libs/protocol/protocol-timing.ts';
import type { RoundsState } from '#libs/protocol/rounds/state.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { SILENT } from '#libs/simulation/checks/observe.ts';
import { filesOf, type NodeFiles } from '#libs/simulation/nodes/node-files.ts';
import { hostedPbft } from '#libs/simulation/pbft/nodes/hosted-pbft.ts';
import { type QuietPlan, quietPlan, steadyDelay } from '#libs/simulation/plan/quiet-plan.ts';
import { QuietWorld } from '#libs/simulation/presets/quiet-world.ts';
import { NoChance } from '#libs/simulation/time/no-chance.ts';
import { DEFAULT_WAITS } from './default-waits.ts';
import { type Carried, PbftPost } from './pbft-post.ts';
import { PbftWitness } from './pbft-witness.ts';

/**
 * Whole nodes that run PBFT in virtual time. Messages take no time, so that everything has happened when a test looks, and
 * timers alone let time pass. A test says which messages arrive.
 */
export class PbftFederation {
  readonly post = new PbftPost();
  readonly seen: PbftWitness;
  /** Where each member stops: nowhere, until a test says so. */
  readonly haltHeights: readonly HaltHeight[];
  readonly #plan: QuietPlan;
  readonly #world: QuietWorld;

  constructor(members: number, waits: ProtocolTiming = DEFAULT_WAITS) {
    this.seen = new PbftWitness(() => this.nowMs);
    this.#plan = quietPlan(members);
    this.haltHeights = Array.from({ length: members }, () => new HaltHeight());
    this.#world = new QuietWorld({
      subject: hostedPbft(),
      plan: this.#plan,
      random: new NoChance(),
      fit: (ports, member) => {
        const { rules, ...rest } = this.seen.fit(this.post.fit(ports, member), member);
        return { ...rest, haltHeight: this.haltHeights[member], rules: { ...rules, timingOf: () => waits } };
      },
      observerOf: () => () => ({ ...SILENT, halted: (_, cause) => assert.fail(`halted: ${cause}`) }),
    });
    this.settle();
  }

  /** From now on each message takes so long. */
  set messageMs(ms: number) {
    this.#plan.delay = steadyDelay(ms);
  }

  get nowMs(): number {
    return this.#world.nowMs;
  }

  settle(): void {
    this.#world.settle();
  }

  pass(durationMs: number): void {
    this.#world.pass(durationMs);
  }

  submit(member: number, text: string): void {
    this.#world.life(toMemberIndex(member)).submit(transactionOf(Buffer.from(text)));
    this.settle();
  }

  crash(...members: readonly number[]): void {
    for (const member of members) this.#instance(member).crash();
  }

  /** Stops a member in order, as its operator does; its process stays. */
  stop(member: number): void {
    this.#world.life(toMemberIndex(member)).node.stop();
  }

  /** A member comes up again, and meets the others that are up. */
  start(member: number): void {
    const started = this.#instance(member);
    started.start();
    for (const other of this.#instances.filter((each) => each.isUp && each !== started)) {
      other.peerConnected(started.member);
      started.peerConnected(other.member);
    }
    this.settle();
  }

  /** The heights of all members, those that are down included. */
  get heights(): readonly number[] {
    return this.#instances.map(({ disk }) => disk.height);
  }

  state(member: number): RoundsState {
    return this.seen.states.get(member) ?? assert.fail(`member ${member} took no step`);
  }

  /** The status of a member, as its operator is told it. */
  status(member: number): NodeStatus {
    return this.#world.life(toMemberIndex(member)).node.status();
  }

  /** A final block as a member holds it. */
  block(height: number, member = 0): Block {
    const { chain } = this.#world.life(toMemberIndex(member));
    return chain.blockAt(toHeight(BigInt(height))) ?? assert.fail(`member ${member} has no block ${height}`);
  }

  /** The commit certificate by which a member holds its newest block. */
  decision(member = 0): QuorumCertificate {
    return this.#world.life(toMemberIndex(member)).chain.tip().certificate;
  }

  evidence(member: number): NodeFiles['all'] {
    return filesOf(this.#instance(member).disk).all;
  }

  /** Brings a message as if the member had sent it now, although others are held back. */
  deliver(carried: Carried): void {
    this.post.deliver(carried);
    this.settle();
  }

  /** The signature of a member, also of one that lies. */
  signature(member: number, statement: VoteStatement): Uint8Array {
    const { authority } = this.#world.ground.federation.founding;
    return authority.signerOf(toMemberIndex(member))(statement);
  }

  /** Whether each of these signatures is that of its member. */
  areTrue(claims: readonly Claim[]): boolean {
    const { authority } = this.#world.ground.federation.founding;
    return claims.every((claim) => authority.verify(claim));
  }

  get #instances(): QuietWorld['world']['instances'] {
    return this.#world.world.instances;
  }

  #instance(member: number): QuietWorld['world']['instances'][number] {
    return this.#instances[member] ?? assert.fail(`there is no member ${member}`);
  }
}
