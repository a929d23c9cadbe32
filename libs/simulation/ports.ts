import type { MemberIndex } from '../chain/ids.ts';
import type { TimerName } from '../protocol/module.ts';
import type { Statement } from '../protocol/statement.ts';
import type { Prng } from '../random/prng.ts';
import type { ReplicaPorts, SignatureAnswer, SignerPort, TimerPort } from '../replica/ports.ts';
import type { Blocks } from './blocks.ts';
import type { Disk } from './disk.ts';
import type { Endpoint } from './network.ts';
import type { Setting } from './setting.ts';

/** The instance behind the ports: they act for it, and crash it where its plan says so. */
export interface PortsOwner<State, Message, Record> {
  readonly setting: Setting<State, Message, Record>;
  readonly endpoint: Endpoint<Message>;
  readonly disk: Disk<Record>;
  readonly random: Prng;
  /** Whether the checkers hold it to the rules: not so for twins and actors. */
  readonly isHonest: boolean;
  /** A key that is not guarded, for actors. */
  readonly freeSigner: ((statement: Statement) => Uint8Array) | undefined;
  /** Does an effect, unless the instance crashes before or after it. @throws SimulatedCrash */
  effect(name: string, run: () => void): void;
  /** Runs later, unless this life ended by then. */
  later(delayMs: number, run: () => void): void;
  /** Milliseconds of this instance's clock for `ms` of true time: it may run fast or slow. */
  clockMs(ms: number): number;
  wallClockMs(): bigint;
  transmit(to: MemberIndex | 'all', message: Message): void;
  halted(cause: unknown): void;
}

/** The world of a replica, as `libs/replica` wants it, over virtual time. */
export function simulatedPorts<State, Message, Record>(
  owner: PortsOwner<State, Message, Record>,
  blocks: Blocks,
): ReplicaPorts<Message, Record> {
  const { setting, endpoint, disk } = owner;
  const { observer, trace, schedule } = setting;
  const { instance } = endpoint;
  const note = (text: string) => trace.note(`${schedule.nowMs} ${instance} ${text}`);
  return {
    store: {
      save: (record) =>
        owner.effect('save', () => {
          const before = disk.record;
          disk.save(record);
          if (owner.isHonest) observer.saved(instance, before, record);
        }),
    },
    signer: signerPort(owner),
    verifier: {
      verify: (claims, done) => {
        const answer = () => done(claims.every((claim) => setting.authority.verify(claim)));
        const delayMs = owner.random.int(0, setting.plan.verifyMsMax);
        if (delayMs === 0) answer();
        else owner.later(delayMs, answer);
      },
    },
    transport: {
      send: (to, message) => owner.effect('send', () => owner.transmit(to, message)),
    },
    timers: timerPort(owner),
    blocks: {
      build: (view, parent, done) => owner.effect('build', () => blocks.build(view, parent, done)),
      check: (block, from, done) => owner.effect('check', () => blocks.check(block, from, done)),
      fetch: (certificate, from, done) => owner.effect('fetch', () => blocks.fetch(certificate, from, done)),
      commit: (certificate, from) => owner.effect('commit', () => blocks.commit(certificate, from)),
    },
    monitor: {
      viewEntered: (view, leader, afterTimeout) =>
        note(`view ${view} leader ${leader}${afterTimeout ? ' after timeout' : ''}`),
      refused: (from, cause) => note(`refused ${cause} of ${from}`),
      signatureRefused: (statement, reason) => {
        note(`signature refused: ${statement.kind} ${statement.view} ${reason}`);
        if (owner.isHonest) observer.refused(instance, statement, reason);
      },
      halted: (cause) => owner.halted(cause),
    },
  };
}

/** The signer's own decision and register, in front of the key. The register outlives a crash. */
function signerPort<State, Message, Record>(owner: PortsOwner<State, Message, Record>): SignerPort {
  const { setting, endpoint, disk, random, freeSigner } = owner;
  const signature = setting.authority.signerOf(endpoint.member);
  const decide = (statement: Statement): SignatureAnswer => {
    if (freeSigner !== undefined) return { kind: 'signed', signature: freeSigner(statement) };
    const decision = disk.register.decide(statement, setting.set.epoch);
    if (decision.kind === 'refuse') return { kind: 'refused', reason: decision.reason };
    if (decision.kind === 'sign') disk.register.commit(decision);
    return { kind: 'signed', signature: signature(statement) };
  };
  return {
    sign: (statement, done) =>
      owner.effect('sign', () => {
        if (owner.isHonest) setting.observer.asked(endpoint.instance, statement, disk.record);
        const answer = decide(statement);
        owner.later(random.int(0, setting.plan.signMsMax), () => done(answer));
      }),
  };
}

function timerPort<State, Message, Record>(owner: PortsOwner<State, Message, Record>): TimerPort {
  const running = new Map<TimerName, object>();
  return {
    set: (name, delayMs, fire) =>
      owner.effect('set-timer', () => {
        const token = {};
        running.set(name, token);
        owner.later(owner.clockMs(delayMs), () => {
          if (running.get(name) === token) fire();
        });
      }),
    cancel: (name) => {
      running.delete(name);
    },
  };
}
