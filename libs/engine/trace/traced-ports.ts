import { toView } from '#libs/chain/ids.ts';
import type { StepTeller } from '#libs/protocol/hosting/description.ts';
import type { HostedRecord, HostedState, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { ReplicaPorts } from '#libs/replica/ports.ts';
import type { PeerPort } from '../ports/engine-ports.ts';
import type { StepTrace } from './step-trace.ts';

type HostedPorts = ReplicaPorts<ProtocolMessage, HostedRecord>;

export interface TraceOptions {
  readonly trace: StepTrace;
  readonly steps: StepTeller<HostedState, ProtocolMessage>;
  /** The names of the timers that give a view up. */
  readonly viewTimers: readonly string[];
  /** Longest timeout of a view. */
  readonly timeoutMsMax: number;
}

/** The world of a replica that tells `trace` what the replica does in it, each thing once it is done. */
export function tracedPorts(
  ports: HostedPorts,
  { trace, steps, viewTimers, timeoutMsMax }: TraceOptions,
): HostedPorts {
  const isOfView = (name: string): boolean => viewTimers.includes(name);
  let view = toView(0n);
  return {
    ...ports,
    store: tracedStore(ports.store, trace),
    signer: {
      sign(statement, grounds, done) {
        const step = trace.isWanted() ? steps.signing(statement) : undefined;
        if (step !== undefined) trace.step(step);
        ports.signer.sign(statement, grounds, done);
      },
    },
    transport: {
      send(to, message) {
        ports.transport.send(to, message);
        if (!trace.isWanted()) return;
        trace.step(to === 'all' ? steps.message(message, 'broadcasted') : steps.message(message, 'sent', to));
      },
    },
    timers: {
      set(name, moment, fire) {
        ports.timers.set(name, moment, fire);
        // A time of day has no length that is told.
        if (!isOfView(name) || !('afterMs' in moment) || !trace.isWanted()) return;
        const { afterMs: timeoutMs } = moment;
        const isTimeoutCapped = timeoutMs >= timeoutMsMax;
        trace.step({ name: 'view_timer_started', view, timeoutMs, isTimeoutCapped });
      },
      extend: (name, byMs) => ports.timers.extend(name, byMs),
      cancel(name) {
        ports.timers.cancel(name);
        if (isOfView(name) && trace.isWanted()) trace.step({ name: 'view_timer_cancelled', view });
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

/** A record is told once it is durable, whichever write took it to the disk. */
function tracedStore(store: HostedPorts['store'], trace: StepTrace): HostedPorts['store'] {
  let newest: HostedRecord | undefined;
  return {
    putRecord(record) {
      newest = record;
      store.putRecord(record);
    },
    flush() {
      const record = newest;
      newest = undefined;
      if (record === undefined || !trace.isWanted()) return store.flush();
      const { view } = record.reached;
      trace.step({ name: 'storage_tx_begin', view });
      let isDurable = false;
      try {
        store.flush();
        isDurable = true;
      } finally {
        trace.step({ name: isDurable ? 'storage_tx_commit' : 'storage_tx_rollback', view });
      }
    },
  };
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
