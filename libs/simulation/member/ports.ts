import type { MemberIndex } from '#libs/chain/ids.ts';
import type { PublicState, RefusalCause, TimerName } from '#libs/protocol/module.ts';
import type { AlarmPort, BlockPort, ReplicaPorts, VerifierPort } from '#libs/replica/ports.ts';
import { ProtocolTimers } from '#libs/replica/protocol-timers.ts';
import { SignerProofs } from '#libs/replica/signer-proofs.ts';
import type { ClaimJudge } from './claim-judge.ts';
import type { OwedRecord } from './owed-record.ts';
import type { PortsOwner } from './ports-owner.ts';
import { signerPort } from './signer-port.ts';

/** The parts of a life beside its ports. */
export interface PortParts<Record> {
  readonly store: OwedRecord<Record>;
  readonly blocks: BlockPort;
  readonly judge: ClaimJudge;
  /** The view that runs, and its leader. */
  now(): Pick<PublicState, 'position' | 'leader'>;
  refused(from: MemberIndex, cause: RefusalCause): void;
}

/** The world of a replica, as `libs/replica` wants it, over virtual time. */
export function simulatedPorts<State, Message, Record>(
  owner: PortsOwner<State, Message, Record>,
  { store, blocks, judge, now, refused }: PortParts<Record>,
): ReplicaPorts<Message, Record> {
  const { setting, endpoint } = owner;
  const { observer, trace, schedule, set, table } = setting;
  const { instance } = endpoint;
  const note = (text: string) => trace.note(`${schedule.nowMs} ${instance} ${text}`);
  const signer = signerPort(owner);
  return {
    ...{ store, signer },
    verifier: new SignerProofs({ verifier: verifierPort(owner, judge), prover: signer, set, table, now }),
    transport: {
      send: (to, message) =>
        owner.effect('send', () => {
          if (owner.isHonest && store.isOwed) observer.sentTooSoon(instance);
          owner.transmit(to, message);
        }),
    },
    timers: timerPort(owner),
    blocks: {
      build: (position, draft, done) => owner.effect('build', () => blocks.build(position, draft, done)),
      check: (block, from, done) => owner.effect('check', () => blocks.check(block, from, done)),
      fetch: (certificate, from, done) => owner.effect('fetch', () => blocks.fetch(certificate, from, done)),
      commit: (certificate, from) => blocks.commit(certificate, from),
    },
    monitor: {
      entered: (position, leader, cause) => {
        note(`view ${position.view} leader ${leader}${cause === 'leave' ? ' after timeout' : ''}`);
        if (owner.isHonest) observer.entered(instance, position, leader);
      },
      failed: () => {},
      refused: (from, cause) => {
        note(`refused ${cause} of ${from}`);
        refused(from, cause);
      },
      signatureRefused: (statement, reason) => {
        note(`signature refused: ${statement.kind} ${statement.view} ${reason}`);
        if (owner.isHonest) observer.refused(instance, statement, reason);
      },
      halted: (cause) => owner.halted(cause),
    },
  };
}

function verifierPort<State, Message, Record>(
  owner: PortsOwner<State, Message, Record>,
  judge: ClaimJudge,
): VerifierPort & Pick<ClaimJudge, 'trust'> {
  return {
    trust: (claim) => judge.trust(claim),
    verify: (claims, done, from) => {
      const verdict = judge.judge(claims, from);
      const answer = () => {
        if (verdict === 'unjudged') done(false, 'overloaded');
        else if (verdict === 'unresolved') done(false, 'unresolved');
        else done(verdict === 'valid');
      };
      const delayMs = owner.random.int(0, owner.setting.plan.verifyMsMax);
      if (delayMs === 0) answer();
      else owner.later(delayMs, answer);
    },
  };
}

/** The timers of a replica that no engine paces. */
function timerPort<State, Message, Record>(owner: PortsOwner<State, Message, Record>): ProtocolTimers {
  const { schedule, timing } = owner.setting;
  const clocks = { nowMs: () => Number(owner.clock.wallMs()), steadyMs: () => schedule.nowMs };
  return new ProtocolTimers(alarmPort(owner), clocks, timing.viewTimeoutMsMax);
}

export function alarmPort<State, Message, Record>(owner: PortsOwner<State, Message, Record>): AlarmPort {
  const running = new Map<TimerName, object>();
  return {
    set: (name, delayMs, fire) =>
      owner.effect('set-timer', () => {
        const token = {};
        running.set(name, token);
        owner.later(owner.clock.durationMs(delayMs), () => {
          if (running.get(name) === token) fire();
        });
      }),
    cancel: (name) => {
      running.delete(name);
    },
  };
}
