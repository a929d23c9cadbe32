import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { SERVICE_NAMES, type ServiceName } from '#services/launcher/core/service-names.ts';
import { EXIT_CODES } from '#services/launcher/words/exit-codes.ts';
import { btcfed } from '#test/support/federation/operator.ts';
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
  readonly seen: OperatorView;
  /** As WatchedFederation names them. */
  readonly alerts: readonly string[];
}

const at = (alert: string, ...members: readonly string[]) => members.map((member) => `${alert} ${member}`);
const allServices = (member: string) => SERVICE_NAMES.map((name) => `${member} ${name}`);
const OTHERS = ['m1', 'm2', 'm3'];

/** A service of the first member ends and is started again. */
const ended = (service: ServiceName): Pick<Fault, 'name' | 'make' | 'undo'> => ({
  name: `its ${service} has ended`,
  make: ({ federation }) => federation.stop(0, service),
  undo: ({ federation }) => federation.restart(0, service),
});

const homeOf = ({ federation }: WatchedFederation) => federation.members[0]?.facts.paths ?? assert.fail();

/** The last one stays. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'two members are away',
    part: 'members',
    make: ({ federation }) => federation.powerCut([2, 3]),
    undo: ({ federation }) => federation.startAll([2, 3]),
    seen: {
      status: EXIT_CODES.noQuorum,
      unready: ['quorum'],
      findings: ['quorum-lost'],
      diagnosis: EXIT_CODES.noQuorum,
    },
    alerts: [
      ...at('ServiceDown', ...allServices('m2'), ...allServices('m3')),
      ...['QuorumLost', 'PeersAway'].flatMap((alert) => at(alert, 'm0', 'm1')),
    ],
  },
  {
    name: 'one member is away',
    part: 'members',
    make: ({ federation }) => federation.powerCut([3]),
    undo: ({ federation }) => federation.startAll([3]),
    seen: { status: EXIT_CODES.ok, unready: [], findings: ['members-away'], diagnosis: EXIT_CODES.failed },
    alerts: [
      ...at('ServiceDown', ...allServices('m3')),
      ...['PeersAway', 'MembersMissing'].flatMap((alert) => at(alert, 'm0', 'm1', 'm2')),
    ],
  },
  {
    name: 'its signer is locked',
    part: 'signer',
    make: async (watched) => void (await btcfed('signer', 'lock', '--home', homeOf(watched).home)),
    undo: async (watched) => void (await btcfed('signer', 'unlock', '--home', homeOf(watched).home)),
    seen: {
      status: EXIT_CODES.signsNothing,
      unready: ['signer'],
      findings: ['signer-locked'],
      diagnosis: EXIT_CODES.signsNothing,
    },
    alerts: at('SignerSilent', 'm0'),
  },
  {
    ...ended('signer'),
    part: 'signer',
    seen: {
      status: EXIT_CODES.signsNothing,
      unready: ['signer'],
      findings: ['signer-silent'],
      diagnosis: EXIT_CODES.signsNothing,
    },
    alerts: at('ServiceDown', 'm0 signer'),
  },
  {
    ...ended('config'),
    part: 'config',
    seen: { status: EXIT_CODES.ok, unready: [], findings: ['config-silent'], diagnosis: EXIT_CODES.failed },
    alerts: at('ServiceDown', 'm0 config'),
  },
  {
    ...ended('gateway'),
    seen: {
      status: EXIT_CODES.noQuorum,
      unready: ['gateway', 'quorum'],
      findings: ['gateway-silent', 'quorum-lost'],
      diagnosis: EXIT_CODES.noQuorum,
    },
    alerts: [
      ...at('ServiceDown', 'm0 gateway'),
      ...at('QuorumLost', 'm0'),
      ...['PeersAway', 'MembersMissing'].flatMap((alert) => at(alert, ...OTHERS)),
    ],
  },
  {
    ...ended('consensus'),
    seen: {
      status: EXIT_CODES.unreachable,
      unready: ['silent'],
      findings: ['consensus-silent'],
      diagnosis: EXIT_CODES.unreachable,
    },
    // Its gateway is still there, so the others do not miss it; `members-mute` is told by them once it has not voted for long.
    alerts: at('ServiceDown', 'm0 consensus'),
  },
  {
    name: 'its consensus has lost all that it knew',
    make: async (watched) => {
      await watched.federation.stop(0, 'consensus');
      rmSync(homeOf(watched).consensusFolder, { recursive: true });
      await watched.federation.restart(0, 'consensus');
    },
    // A key that may have signed what its record forgot signs nothing more: nothing brings it back but a new key.
    undo: async () => {},
    seen: {
      status: EXIT_CODES.signsNothing,
      unready: ['not_halted'],
      findings: ['record-lost'],
      diagnosis: EXIT_CODES.signsNothing,
    },
    alerts: at('MemberHalted', 'm0'),
  },
];
