import { assert } from '#libs/assert/assert.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { ClaimVerifier } from '#libs/engine/ports/engine-ports.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { HostedRecord, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { BlockPort, ReplicaPorts, SignerPort, TransportPort } from '#libs/replica/ports.ts';
import type { BlockContent } from './modelled-blocks.ts';
import type { ModelledSigner } from './modelled-signer.ts';
import { modelledTimers } from './modelled-timers.ts';
import type { ModelledWorld } from './modelled-world.ts';
import type { WorkMeter } from './process-lane.ts';
import type { SignatureWork } from './signature-work.ts';

/** The member whose replica works through these ports. */
export interface PortsUser {
  readonly me: MemberIndex;
  readonly world: ModelledWorld;
  readonly work: SignatureWork;
  readonly signer: ModelledSigner;
  /** Of the job of consensus that runs. */
  readonly meter: WorkMeter;
  readonly position: Position;
  /** The content of a block that it makes now. */
  readonly content: BlockContent;
  /** Does something in a job of consensus, when its turn comes. */
  run(job: () => void): void;
  /** The way of messages out, with certificates by reference. */
  readonly transport: TransportPort<ProtocolMessage>;
  readonly verifier: ClaimVerifier;
  /** A message came too late to count. */
  late(message: ProtocolMessage): void;
  commit(certificate: QuorumCertificate): void;
}

/** The world of a replica, whose every part takes its time. */
export function modelledPorts(user: PortsUser): ReplicaPorts<ProtocolMessage, HostedRecord> {
  const { me, world } = user;
  const { setting, silent, schedule } = world;
  const { costs, leaveTimers, timing } = setting;
  /** Whether a record waits for the disk. */
  let isOwed = false;
  return {
    store: {
      putRecord: () => {
        isOwed = true;
      },
      flush: () => {
        if (!isOwed) return;
        isOwed = false;
        user.meter.spend(costs.recordCpuMs);
        user.meter.wait(costs.recordMs - costs.recordCpuMs);
      },
    },
    signer: signerPort(user),
    verifier: user.verifier,
    transport: {
      send: (to, message) => {
        if (!silent.isSilent(me, user.position)) user.transport.send(to, message);
      },
    },
    timers: modelledTimers({
      schedule,
      longestMs: timing.viewTimeoutMsMax,
      later: (fire) => user.run(fire),
      set: (name, waitMs) => {
        if (leaveTimers.includes(name)) silent.waits(user.position, waitMs);
      },
    }),
    blocks: {
      ...blockPort(user),
      commit: (certificate) => {
        user.commit(certificate);
        // Written with the blocks.
        isOwed = false;
      },
    },
    monitor: {
      entered: (position, leader) => silent.entered(position, leader),
      failed: () => {},
      refused: (_from, cause, { message }) => {
        if (cause === 'duplicate' || cause === 'stale') user.late(message);
      },
      signatureRefused: ({ kind, view }, reason) =>
        assert(false, `the signer of ${me} refused ${kind} of view ${view}: ${reason}`),
      halted: (cause) => {
        throw cause;
      },
    },
  };
}

function signerPort(user: PortsUser): SignerPort {
  const { me, world } = user;
  return {
    sign: (statement, grounds, done) => {
      user.meter.spend((world.setting.costs.messageFactor * world.setting.costs.callUs) / 1_000);
      user.meter.afterwards(() =>
        user.signer.sign({
          ...{ statement, grounds },
          done: (answer) => {
            // A signature of its own signer is never verified here.
            if (answer.kind === 'signed') user.verifier.trust({ ...answer, member: me, statement });
            user.run(() => done(answer));
          },
        }),
      );
    },
  };
}

function blockPort(user: PortsUser): Omit<BlockPort, 'commit'> {
  const { world } = user;
  const { costs, rates } = world.setting;
  return {
    build: (position, draft, done) => {
      user.meter.spend(costs.blockUs / 1_000);
      done(world.blocks.build(position, draft, user.content));
    },
    check: (_block, _from, done) => {
      user.meter.spend(costs.blockUs / 1_000);
      done(true);
    },
    // A body is small: it comes after the way of a message there and of one back.
    fetch: ({ height }, _from, done) =>
      world.schedule.after(2 * rates.latencyMs, () => user.run(() => done(true, height))),
  };
}
