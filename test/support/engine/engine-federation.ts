import { equalBytes } from '#libs/bytes/bytes.ts';
import { sha256 } from '#libs/bytes/sha256.ts';
import { type Digest, type MemberIndex, toEpoch, toMemberIndex, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { AppendOnlyLog } from '#libs/engine/application/append-only-log.ts';
import type { Application } from '#libs/engine/application/application.ts';
import { Node } from '#libs/engine/node.ts';
import type { ClockPort } from '#libs/engine/ports/engine-ports.ts';
import { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { TransactionSource } from '#libs/engine/ports/pooled-transaction.ts';
import type { ConsensusStep } from '#libs/engine/trace/consensus-step.ts';
import { type MemoryLogger, memoryLogger } from '#libs/log/memory-logger.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { roundRobin } from '#libs/protocol/leader/round-robin.ts';
import { type SigningScope, type Statement, signingBytes } from '#libs/protocol/statement.ts';
import { MemberMonitor } from '#services/consensus/adapters/member-monitor.ts';
import { bookOf } from '#test/support/chain/membership.ts';
import { MemoryEngineChain } from './memory-engine-chain.ts';
import { MemoryEvidence } from './memory-evidence.ts';
import { NO_SNAPSHOTS } from './no-snapshots.ts';

const LIMITS = { transactionsMax: 100, bytesMax: 100_000, transactionBytesMax: 1_000 };
export const SCOPE: SigningScope = { chain: ZERO_DIGEST, protocol: 'hotstuff', epoch: toEpoch(0n) };

interface HeardTransaction {
  readonly hash: Digest;
  readonly source: TransactionSource;
  readonly traceId: string | undefined;
}

export interface FederationMember {
  readonly index: MemberIndex;
  readonly chain: MemoryEngineChain;
  /** Tells of its final blocks. */
  readonly final: FinalChannel;
  readonly node: Node;
  readonly evidence: MemoryEvidence;
  readonly refused: string[];
  /** The lines that its operator reads. */
  readonly log: MemoryLogger;
  /** Transactions that were new to it. */
  readonly heard: HeardTransaction[];
  /** The steps that it reported, while the federation is traced. */
  readonly steps: ConsensusStep[];
}

/** A message that a member sends instead of another. */
export interface Sent {
  readonly to: MemberIndex | 'all';
  readonly body: PeerMessageBody;
}

/** Makes the application of a member. */
export type ApplicationOf = (chain: MemoryEngineChain, member: MemberIndex) => Application;

/** Engines of one federation over a network in memory: messages take no time, timers fire by hand. */
export class Federation {
  readonly members: FederationMember[] = [];
  readonly away = new Set<MemberIndex>();
  readonly sent: PeerMessageBody['kind'][] = [];
  /** Makes liars of members: replaces what one of them sends. */
  tamper: (from: MemberIndex, sent: Sent) => readonly Sent[] = (_, sent) => [sent];
  /** All signatures of members so far. */
  readonly signed: { readonly member: MemberIndex; readonly statement: Statement }[] = [];
  /** Members whose signers refuse every request. */
  readonly unsigned = new Set<MemberIndex>();
  /** Whether members tell their steps. */
  isTraced = false;
  /** Signatures verified so far. */
  verified = 0;
  /** Every signature is valid: for liars that sign twice. */
  anySignature = false;
  /** The next so many questions of members' own, brought by nobody, find no room to be verified. */
  overloads = 0;
  /** Time that a message and a signature take, milliseconds; 0: none. */
  messageMs = 0;
  signMs = 0;
  readonly #applicationOf: ApplicationOf;
  readonly #queue: (() => void)[] = [];
  readonly #timers: { readonly dueMs: number; readonly fire: () => void }[] = [];
  #nowMs = 0;

  /**
   * @param prepare - Does something to each member before any of them starts.
   * @param applicationOf - The log, when left out.
   */
  constructor(
    count: number,
    prepare: (member: FederationMember) => void = () => {},
    applicationOf: ApplicationOf = (chain) => new AppendOnlyLog(chain),
  ) {
    this.#applicationOf = applicationOf;
    for (let index = 0; index < count; index++) this.members.push(this.#member(toMemberIndex(index), count));
    for (const member of this.members) prepare(member);
    for (const { node } of this.members) node.start();
    this.settle();
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  submit(member: number, text: string): void {
    this.members[member]!.node.submit(transactionOf(Buffer.from(text)));
    this.settle();
  }

  settle(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) next();
  }

  /** Lets time pass, timer by timer. */
  pass(durationMs: number): void {
    const end = this.#nowMs + durationMs;
    for (;;) {
      this.#timers.sort((a, b) => a.dueMs - b.dueMs);
      const next = this.#timers[0];
      if (next === undefined || next.dueMs > end) break;
      this.#timers.shift();
      this.#nowMs = next.dueMs;
      next.fire();
      this.settle();
    }
    this.#nowMs = end;
  }

  comeBack(member: number): void {
    const index = toMemberIndex(member);
    this.away.delete(index);
    for (const other of this.members) {
      if (other.index === index) continue;
      other.node.connected(index);
      this.members[member]!.node.connected(other.index);
    }
    this.settle();
  }

  #clock(): ClockPort {
    return {
      nowMs: () => this.#nowMs,
      after: (delayMs, fire) => {
        const timer = { dueMs: this.#nowMs + delayMs, fire };
        if (delayMs === 0) this.#queue.push(fire);
        else this.#timers.push(timer);
        return () => {
          const at = this.#timers.indexOf(timer);
          if (at >= 0) this.#timers.splice(at, 1);
        };
      },
    };
  }

  #member(index: MemberIndex, count: number): FederationMember {
    const chain = new MemoryEngineChain();
    const clock = this.#clock();
    const evidence = new MemoryEvidence(() => chain.final);
    const refused: string[] = [];
    const log = memoryLogger();
    const told = new MemberMonitor(
      log,
      (member) => `m${member}`,
      () => this.#nowMs,
    );
    const final = new FinalChannel();
    const heard: HeardTransaction[] = [];
    const steps: ConsensusStep[] = [];
    const timers = new Map<string, () => void>();
    const cancel = (name: string) => timers.get(name)?.();
    const node = new Node({
      name: `m${index}`,
      rules: {
        scope: SCOPE,
        limits: LIMITS,
        timing: { viewTimeoutMs: 1_000, viewTimeoutMsMax: 16_000 },
        founders: count,
        leaderOf: roundRobin,
      },
      book: bookOf(chain, chain.genesis.digest, count),
      record: undefined,
      chain,
      application: this.#applicationOf(chain, index),
      snapshots: NO_SNAPSHOTS,
      snapshotBlocks: undefined,
      peers: {
        connected: () =>
          this.members.map((each) => each.index).filter((each) => each !== index && !this.away.has(each)),
        send: (to, body) => {
          for (const sent of this.tamper(index, { to, body })) this.send(index, sent);
        },
      },
      guests: [],
      meet: () => {},
      clock,
      steadyMs: () => this.#nowMs,
      joined: () => {},
      muted: () => {},
      evidence,
      enterEpoch: () => ({
        timers: {
          set: (name, delayMs, fire) => {
            cancel(name);
            timers.set(name, clock.after(delayMs, fire));
          },
          cancel,
        },
        signer: {
          sign: (statement, _grounds, done) => {
            if (this.unsigned.has(index)) {
              this.#in(this.signMs, () => done({ kind: 'refused', reason: 'signer refuses' }));
              return;
            }
            this.signed.push({ member: index, statement });
            this.#in(this.signMs, () => done({ kind: 'signed', signature: signatureOf(index, statement) }));
          },
        },
        verifierOf: () => ({
          verifyVotes: (_, done) => done(false),
          trust: () => {},
          verify: (claims, done, from) => {
            if (from === undefined && this.overloads > 0) {
              this.overloads -= 1;
              this.#queue.push(() => done(false, 'overloaded'));
              return;
            }
            this.verified += claims.length;
            const holds = ({ member, statement, signature }: Claim) =>
              this.anySignature || equalBytes(signature, signatureOf(member, statement));
            const falseClaim = claims.find((claim) => !holds(claim));
            this.#queue.push(() => done(falseClaim === undefined, undefined, falseClaim));
          },
        }),
      }),
      monitor: {
        viewEntered: (...entered) => told.viewEntered(...entered),
        refused: (from, cause, detail, fault) => {
          refused.push(`${cause} ${detail ?? ''}`);
          told.refused(from, cause, detail, fault);
        },
        noticed: (...noticed) => told.noticed(...noticed),
        signatureRefused: (_, __, reason) => refused.push(reason),
        blockLost: (...lost) => told.blockLost(...lost),
        checkFailed: (error) => told.checkFailed(error),
        evidenceFound: (proved) => told.evidenceFound(proved),
        evidenceConfirmed: (...confirmed) => told.evidenceConfirmed(...confirmed),
        evidenceUnconfirmed: (evidence) => told.evidenceUnconfirmed(evidence),
        snapshotTaken: () => {},
        transactionWaits: (hash, source, traceId) => void heard.push({ hash, source, traceId }),
        transactionsFinal: () => {},
        halted: (reason, code) => {
          refused.push(`halted: ${reason}`);
          told.halted(reason, code);
        },
      },
      final,
      trace: { isWanted: () => this.isTraced, step: (step) => void steps.push(step) },
    });
    return { index, chain, final, node, evidence, refused, log, heard, steps };
  }

  /** Delivers a message as if the member had sent it. */
  send(from: MemberIndex, { to, body }: Sent): void {
    this.sent.push(body.kind);
    for (const { index, node } of this.members) {
      const isMeant = to === 'all' ? index !== from : index === to;
      if (!isMeant || this.away.has(index) || this.away.has(from)) continue;
      this.#in(this.messageMs, () => node.hear(from, { ok: true, body }));
    }
  }

  #in(delayMs: number, run: () => void): void {
    if (delayMs === 0) this.#queue.push(run);
    else this.#timers.push({ dueMs: this.#nowMs + delayMs, fire: run });
  }
}

/** The final transactions of a member, as texts. */
export function transactionsOf({ chain }: FederationMember): readonly string[] {
  return chain.final.flatMap(({ transactions }) =>
    transactions.map(({ bytes }) => Buffer.from(bytes).toString()),
  );
}

/** The signature of a member: anyone can make it. */
export function signatureOf(member: MemberIndex, statement: Statement): Uint8Array {
  return sha256(Buffer.concat([Buffer.from([member]), signingBytes(SCOPE, statement)]));
}
