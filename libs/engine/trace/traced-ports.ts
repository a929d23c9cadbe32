import type { MemberIndex, View } from '#libs/chain/ids.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import { isPhase } from '#libs/protocol/hotstuff/statements.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { ReplicaPorts } from '#libs/replica/ports.ts';
import type { PeerPort } from '../ports/engine-ports.ts';
import { phaseWord, type StepTrace } from './consensus-step.ts';
import { messageStep } from './message-step.ts';

type HotStuffPorts = ReplicaPorts<HotStuffMessage, SafetyRecord>;

export interface TraceOptions {
  readonly trace: StepTrace;
  /** Longest timeout of a view. */
  readonly timeoutMsMax: number;
}

/** The world of a replica that tells `trace` what the replica does in it, each thing once it is done. */
export function tracedPorts(ports: HotStuffPorts, { trace, timeoutMsMax }: TraceOptions): HotStuffPorts {
  let view = 0n as View;
  return {
    ...ports,
    store: {
      save(record) {
        if (!trace.isWanted()) return ports.store.save(record);
        trace.step({ name: 'storage_tx_begin', view: record.view });
        let isSaved = false;
        try {
          ports.store.save(record);
          isSaved = true;
        } finally {
          trace.step({ name: isSaved ? 'storage_tx_commit' : 'storage_tx_rollback', view: record.view });
        }
      },
    },
    signer: {
      sign(statement, grounds, done) {
        const { kind, block } = statement;
        if (trace.isWanted() && isPhase(kind) && block !== undefined) {
          trace.step({
            name: `${phaseWord(kind)}_vote_created`,
            view: statement.view,
            ...block,
            phase: kind,
          });
        }
        ports.signer.sign(statement, grounds, done);
      },
    },
    transport: {
      send(to, message) {
        ports.transport.send(to, message);
        if (trace.isWanted()) trace.step(sentStep(to, message));
      },
    },
    timers: {
      set(name, delayMs, fire) {
        ports.timers.set(name, delayMs, fire);
        if (name !== 'view' || !trace.isWanted()) return;
        trace.step({
          name: 'view_timer_started',
          view,
          timeoutMs: delayMs,
          isTimeoutCapped: delayMs >= timeoutMsMax,
        });
      },
      cancel(name) {
        ports.timers.cancel(name);
        if (name === 'view' && trace.isWanted()) trace.step({ name: 'view_timer_cancelled', view });
      },
    },
    monitor: {
      ...ports.monitor,
      entered(position, leader, cause) {
        const oldView = view;
        const { view: next } = position;
        view = next;
        ports.monitor.entered(position, leader, cause);
        if (!trace.isWanted()) return;
        if (cause === 'leave') trace.step({ name: 'view_change_started', view: next, oldView });
        trace.step({ name: 'leader_elected', view: next, leader });
        trace.step({ name: 'new_view_started', view: next, leader, oldView });
      },
    },
  };
}

function sentStep(to: MemberIndex | 'all', message: HotStuffMessage) {
  return to === 'all' ? messageStep(message, 'broadcasted') : messageStep(message, 'sent', to);
}

/** The messages of members beside the protocol, as far as the event registry has a word for them. */
export function tracedPeers(peers: PeerPort, trace: StepTrace, at: () => Position): PeerPort {
  return {
    connected: () => peers.connected(),
    send(to, body) {
      peers.send(to, body);
      if (!trace.isWanted()) return;
      const member = to === 'all' ? {} : { member: to };
      if (body.kind === 'evidence') trace.step({ name: 'evidence_broadcasted', view: at().view, ...member });
      if (body.kind === 'blocks-request') {
        trace.step({ name: 'state_sync_requested', view: at().view, height: body.from, ...member });
      }
    },
  };
}
