import assert from 'node:assert/strict';
import { SERVICE_NAMES, type ServiceName } from '#services/launcher/core/service-names.ts';
import type { WatchedFederation } from '../monitoring/watched-federation.ts';
import type { OperatorView } from './operator-view.ts';

/** A fault of a federation of four, and all that the operator of its first member is told of it. */
export interface Fault {
  readonly name: string;
  /** Faults of different parts can happen together, and each is told as if it were alone. */
  readonly part?: 'members' | 'signer' | 'config';
  readonly make: (watched: WatchedFederation) => Promise<void>;
  readonly undo: (watched: WatchedFederation) => Promise<void>;
  /** The first member, as its operator sees it. */
  readonly seen: Omit<OperatorView, 'gauged'>;
  /** As WatchedFederation names them. */
  readonly alerts: readonly string[];
  /** Alerts of the others that come once it lasts for minutes, as on a slow machine. */
  readonly later?: readonly string[];
}

/** An alert at each of these members. */
export const at = (alert: string, ...members: readonly string[]) =>
  members.map((member) => `${alert} ${member}`);
export const allServices = (member: string) => SERVICE_NAMES.map((name) => `${member} ${name}`);

/** A service of the first member ends and is started again. */
export const ended = (service: ServiceName): Pick<Fault, 'name' | 'make' | 'undo'> => ({
  name: `its ${service} has ended`,
  make: ({ federation }) => federation.stop(0, service),
  undo: ({ federation }) => federation.restart(0, service),
});

export const homeOf = ({ federation }: WatchedFederation) =>
  federation.members[0]?.facts.paths ?? assert.fail();
