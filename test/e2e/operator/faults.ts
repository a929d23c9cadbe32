import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { withOperatorService } from '#services/launcher/adapters/operator-client.ts';
import { EXIT_CODES } from '#services/launcher/words/exit-codes.ts';
import { btcfed } from '#test/support/federation/operator.ts';
import { allServices, at, ended, type Fault, homeOf } from './fault.ts';

const OTHERS = ['m1', 'm2', 'm3'];

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
    name: 'it was drained and not stopped',
    // The part of the command before it stops the process: so it leaves a member that it cannot stop.
    make: async (watched) =>
      void (await withOperatorService(homeOf(watched), (client) => client.drain({ cancel: false }))),
    undo: async (watched) => void (await btcfed('node', 'drain', '--cancel', '--home', homeOf(watched).home)),
    seen: {
      status: EXIT_CODES.ok,
      unready: ['takes_transactions'],
      findings: ['drained'],
      diagnosis: EXIT_CODES.failed,
    },
    alerts: at('MemberDrained', 'm0'),
  },
  {
    name: 'it stopped behind its height',
    make: async (watched) => {
      const { client } = watched.federation.members[0] ?? assert.fail();
      const { header } = await client.status();
      await btcfed('consensus', 'halt', String(header?.finalHeight), '--home', homeOf(watched).home);
    },
    undo: async (watched) =>
      void (await btcfed('consensus', 'halt', '--clear', '--home', homeOf(watched).home)),
    seen: {
      status: EXIT_CODES.signsNothing,
      unready: ['halt_height'],
      findings: ['halted-at-height'],
      diagnosis: EXIT_CODES.signsNothing,
    },
    alerts: at('MemberHaltedAtHeight', 'm0'),
    later: at('DiagnosisWarning', ...OTHERS),
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
    alerts: [...at('ServiceDown', 'm0 signer'), ...at('DiagnosisCritical', 'm0')],
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
    // Its gateway is still there, so the others do not miss it; after two minutes they tell that it says nothing.
    alerts: [...at('ServiceDown', 'm0 consensus'), ...at('DiagnosisWarning', ...OTHERS)],
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
    later: at('DiagnosisWarning', ...OTHERS),
  },
];
