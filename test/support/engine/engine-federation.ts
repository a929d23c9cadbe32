import { type Epoch, type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { Application } from '#libs/engine/application/application.ts';
import type { NodePorts } from '#libs/engine/node-ports.ts';
import type { ChainPort, PeerPort } from '#libs/engine/ports/engine-ports.ts';
import { hotStuffFollows } from '#libs/protocol/hotstuff/header-rule.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import type { ProtocolTiming } from '#libs/protocol/protocol-timing.ts';
import type { SigningScope, VoteStatement } from '#libs/protocol/vote/statement.ts';
import { SharedJudge } from '#libs/simulation/chain/shared-judge.ts';
import { SILENT } from '#libs/simulation/checks/observe.ts';
import { SimulatedFederation } from '#libs/simulation/federation/federation.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import { filesOf } from '#libs/simulation/nodes/node-files.ts';
import { type QuietPlan, quietPlan, steadyDelay } from '#libs/simulation/plan/quiet-plan.ts';
import { QuietWorld } from '#libs/simulation/presets/quiet-world.ts';
import { NoChance } from '#libs/simulation/time/no-chance.ts';
import { bodyOf, type Said, saidIn } from '#test/support/hotstuff/sealed.ts';
import { FederationMember } from './federation-member.ts';
import { fitSeat, type SignatureWishes } from './federation-seat.ts';

const LIMITS = { transactionsMax: 100, bytesMax: 100_000, transactionBytesMax: 1_000 };
const TIMING = { viewTimeoutMs: 1_000, viewTimeoutMsMax: 16_000 };
const MEMBERS_MAX = 16;
const MESSAGE_MS = 5;

const { founding } = new SimulatedFederation({
  members: MEMBERS_MAX,
  table: HOTSTUFF_TABLE,
  genesis: new SharedJudge(hotStuffFollows).genesis.block.digest,
  random: new NoChance(),
});
export const SCOPE: SigningScope = founding.scope;

/** A message that a member sends instead of another. */
export interface Sent {
  readonly to: MemberIndex | 'all';
  readonly body: Said;
}

/** Makes the application of a member. */
export type ApplicationOf = (chain: ChainPort, member: MemberIndex) => Application;

/**
 * A federation of the simulator in which nothing goes wrong by itself: messages take no time, timers fire by hand, and a test
 * says who is away and who lies.
 */
export class Federation implements SignatureWishes {
  readonly members: readonly FederationMember[];
  readonly away = new Set<MemberIndex>();
  readonly sent: Said['kind'][] = [];
  /** Makes liars of members: replaces what one of them sends. */
  tamper: (from: MemberIndex, sent: Sent) => readonly Sent[] = (_, sent) => [sent];
  /** All signatures of members so far. */
  readonly signed: { readonly member: MemberIndex; readonly statement: VoteStatement }[] = [];
  /** Members whose signers refuse every request. */
  readonly unsigned = new Set<MemberIndex>();
  /** Whether messages name what their receivers have, as in production; otherwise all are whole. */
  isNaming = false;
  /** Whether members tell their steps. */
  isTraced = false;
  /** Signatures verified so far. */
  verified = 0;
  /** Every signature is valid: for liars that sign twice. */
  anySignature = false;
  /** The next so many questions of members' own, brought by nobody, find no room to be verified. */
  overloads = 0;
  /** Time that a signature takes, milliseconds; 0: none. */
  signMs = 0;
  readonly #plan: QuietPlan;
  readonly #world: QuietWorld;
  /** The network as each member has it. */
  readonly #peers = new Map<MemberIndex, PeerPort>();
  readonly #applicationOf: ApplicationOf | undefined;
  readonly #timing: ProtocolTiming;

  /**
   * @param prepare - Does something to each member before any of them starts.
   * @param applicationOf - The log, when left out.
   * @param timing - Of the terms, beside the usual waits. With empty blocks messages take `MESSAGE_MS`: blocks without end need time.
   */
  constructor(
    count: number,
    prepare: (member: FederationMember) => void = () => {},
    applicationOf?: ApplicationOf,
    timing: Partial<ProtocolTiming> = {},
  ) {
    this.#timing = { ...TIMING, ...timing };
    this.#applicationOf = applicationOf;
    this.#plan = quietPlan(count);
    this.#world = new QuietWorld({
      subject: hostedHotStuff(),
      plan: this.#plan,
      random: new NoChance(),
      fit: (ports, member) => this.#fit(ports, member),
      observerOf: () => () => ({ ...SILENT, halted: rethrow }),
    });
    if (timing.emptyBlocks !== undefined) this.messageMs = MESSAGE_MS;
    this.members = this.#world.world.instances.map(({ member, disk }) => {
      const life = () => this.#world.life(member);
      return new FederationMember(member, { life, files: filesOf(disk), nowMs: () => this.nowMs });
    });
    for (const member of this.members) prepare(member);
    this.settle();
  }

  get nowMs(): number {
    return this.#world.nowMs;
  }

  /** Time that a message takes, milliseconds; 0: none. */
  set messageMs(ms: number) {
    this.#plan.delay = steadyDelay(ms);
  }

  member(index: number): FederationMember {
    const member = this.members[index];
    if (member === undefined) throw new Error(`there is no member ${index}`);
    return member;
  }

  submit(member: number, text: string): void {
    this.member(member).node.submit(transactionOf(Buffer.from(text)));
    this.settle();
  }

  settle(): void {
    this.#world.settle();
  }

  /** Lets time pass, timer by timer. */
  pass(durationMs: number): void {
    this.#world.pass(durationMs);
  }

  comeBack(member: number): void {
    const index = toMemberIndex(member);
    this.away.delete(index);
    for (const other of this.members) {
      if (other.index === index) continue;
      other.node.connected(index);
      this.member(member).node.connected(other.index);
    }
    this.settle();
  }

  after(delayMs: number, run: () => void): void {
    this.#world.ground.schedule.after(delayMs, run);
  }

  /** Delivers a message as if the member had sent it. */
  send(from: MemberIndex, { to, body }: Sent, epoch?: Epoch, form?: MessageForm): void {
    this.sent.push(body.kind);
    for (const { index } of this.members) {
      const isMeant = to === 'all' ? index !== from : index === to;
      if (isMeant && !this.away.has(index) && !this.away.has(from))
        this.#peers.get(from)?.send(index, bodyOf(body), epoch, form);
    }
  }

  #fit(ports: NodePorts, index: MemberIndex): NodePorts {
    const { peers, chain, rules, application, enterEpoch } = ports;
    const member = this.member(index);
    this.#peers.set(index, peers);
    return {
      ...member.fit(ports),
      carriedBytesMax: 0,
      rules: { ...rules, limits: LIMITS, timingOf: () => this.#timing },
      application: this.#applicationOf?.(chain, index) ?? application,
      peers: {
        connected: () => peers.connected().filter((each) => !this.away.has(each)),
        send: (to, body, epoch, form) => {
          for (const sent of this.tamper(index, { to, body: saidIn(body) }))
            this.send(index, sent, epoch, this.isNaming ? form : undefined);
        },
      },
      enterEpoch: (...entered) => fitSeat(this, index, enterEpoch(...entered)),
      trace: { isWanted: () => this.isTraced, step: (step) => void member.steps.push(step) },
    };
  }
}

function rethrow(_: number, cause: unknown): never {
  throw cause;
}

/** The final transactions of a member, as texts. */
export function transactionsOf({ chain }: FederationMember): readonly string[] {
  return chain.final.flatMap(({ transactions }) =>
    transactions.map(({ bytes }) => Buffer.from(bytes).toString()),
  );
}

/** The signature of a member: anyone can make it. */
export function signatureOf(member: MemberIndex, statement: VoteStatement): Uint8Array {
  return founding.authority.signerOf(member)(statement);
}
