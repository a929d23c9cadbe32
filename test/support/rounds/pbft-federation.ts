import assert from 'node:assert/strict';
import type { Block } from '#libs/chain/block.ts';
import { toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { PeerPort } from '#libs/engine/ports/engine-ports.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { opened } from '#libs/protocol/hosting/seals.ts';
import type { ProtocolTiming } from '#libs/protocol/protocol-timing.ts';
import type { RoundsMessage } from '#libs/protocol/rounds/message.ts';
import type { RoundsState } from '#libs/protocol/rounds/state.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { PBFT } from '#libs/protocols/hosted-protocols.ts';
import { SILENT } from '#libs/simulation/checks/observe.ts';
import { filesOf, type NodeFiles } from '#libs/simulation/nodes/node-files.ts';
import { hostedPbft } from '#libs/simulation/pbft/nodes/hosted-pbft.ts';
import { quietPlan } from '#libs/simulation/plan/quiet-plan.ts';
import { QuietWorld } from '#libs/simulation/presets/quiet-world.ts';
import { NoChance } from '#libs/simulation/time/no-chance.ts';
import { DEFAULT_WAITS } from './default-waits.ts';
import { PbftWitness } from './pbft-witness.ts';

/** A message of PBFT on its way from one member to another. */
export interface Carried {
  readonly from: number;
  readonly to: number;
  readonly message: RoundsMessage;
}

/**
 * Whole nodes that run PBFT in virtual time. Messages take no time, so that all which can happen has happened when a test looks, and
 * timers alone let time pass. A test says which messages arrive.
 */
export class PbftFederation {
  /** Messages of PBFT as members sent them, one for each receiver. */
  readonly sent: Carried[] = [];
  readonly seen: PbftWitness;
  /** What arrives of a message of PBFT; undefined: nothing does. */
  carry: (carried: Carried) => RoundsMessage | undefined = ({ message }) => message;
  /** Whether everything else arrives: transactions, blocks, heartbeats. */
  carriesRest: (from: number, to: number) => boolean = () => true;
  readonly #world: QuietWorld;
  readonly #peers = new Map<number, PeerPort>();

  constructor(members: number, waits: ProtocolTiming = DEFAULT_WAITS) {
    this.seen = new PbftWitness(() => this.nowMs);
    this.#world = new QuietWorld({
      subject: hostedPbft(),
      plan: quietPlan(members),
      random: new NoChance(),
      fit: (ports, member) => {
        this.#peers.set(member, ports.peers);
        const { rules, peers, ...rest } = this.seen.fit(ports, member);
        const send: PeerPort['send'] = (...sending) => this.#send(member, peers, sending);
        return {
          ...rest,
          rules: { ...rules, timingOf: () => waits },
          peers: { connected: () => peers.connected(), send },
        };
      },
      observerOf: () => () => ({ ...SILENT, halted: (_, cause) => assert.fail(`halted: ${cause}`) }),
    });
    this.settle();
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

  /** Brings a message as if the member had sent it now, whatever is held back. */
  deliver({ from, to, message }: Carried): void {
    this.#peers.get(from)?.send(toMemberIndex(to), PBFT.messages.close(message));
    this.settle();
  }

  /** The signature of a member, also of one that lies. */
  signature(member: number, statement: VoteStatement): Uint8Array {
    const { authority } = this.#world.ground.federation.founding;
    return authority.signerOf(toMemberIndex(member))(statement);
  }

  get #instances(): QuietWorld['world']['instances'] {
    return this.#world.world.instances;
  }

  #instance(member: number): QuietWorld['world']['instances'][number] {
    return this.#instances[member] ?? assert.fail(`there is no member ${member}`);
  }

  #send(from: number, peers: PeerPort, [to, body, ...form]: Parameters<PeerPort['send']>): void {
    for (const each of to === 'all' ? [...this.#peers.keys()].filter((other) => other !== from) : [to]) {
      const receiver = toMemberIndex(each);
      if (body.kind === 'protocol') {
        const carried = { from, to: each, message: opened(PBFT.messages, body) };
        this.sent.push(carried);
        const arrives = this.carry(carried);
        if (arrives !== undefined) peers.send(receiver, PBFT.messages.close(arrives), ...form);
      } else if (this.carriesRest(from, each)) peers.send(receiver, body, ...form);
    }
  }
}
