import { SERVICE_NAMES } from '#services/launcher/core/service-names.ts';
import type { Manifest } from '#test/e2e/manifests/manifest.ts';

const MEMBERS = 4;
/** The members decide as long as there is something to decide: a low rate keeps the processor free. */
const LOAD = { perSecond: 1, transactionBytes: 100 } as const;
/** The machine may be busy; a run is over as soon as all is final. */
const SETTLE_MS = 300_000;

const OF_FOUR = { members: MEMBERS, load: LOAD, settleMs: SETTLE_MS } as const;

/** The manifests of C18, on few federations: each costs some seconds of many processes. */
export const PROCESS_MANIFESTS: readonly (Manifest & { readonly isQuick: boolean })[] = [
  {
    ...OF_FOUR,
    name: 'the leader, a follower and a signer are killed; one member is started anew as after an update',
    isQuick: true,
    perturbations: [
      { kind: 'leader-chase', afterHeight: 1, forMs: 100, times: 1 },
      { kind: 'kill', atMs: 0, forMs: 100, member: 1, services: ['consensus'] },
      { kind: 'kill', atMs: 0, forMs: 100, member: 2, services: ['signer'] },
      { kind: 'restart', atMs: 0, forMs: 100, member: 3, services: SERVICE_NAMES },
    ],
  },
  {
    ...OF_FOUR,
    name: 'the network is torn into halves, and one way is lost',
    isQuick: false,
    perturbations: [
      {
        ...{ kind: 'partition', afterHeight: 2, forMs: 5_000 },
        groups: [
          [0, 1],
          [2, 3],
        ],
      },
      { kind: 'one-way-loss', atMs: 0, forMs: 5_000, from: [1], to: [0, 2, 3] },
    ],
  },
  {
    ...OF_FOUR,
    name: 'clocks are a day ahead and behind; everything is killed at once; one after another starts anew',
    isQuick: false,
    perturbations: [
      { kind: 'clock-skew', afterHeight: 2, forMs: 2_000, member: 0, shiftMs: 86_400_000 },
      { kind: 'clock-skew', atMs: 0, forMs: 2_000, member: 1, shiftMs: -86_400_000 },
      { kind: 'power-cut', atMs: 0, forMs: 100 },
      ...Array.from({ length: MEMBERS }, (_, member) => ({
        ...({ kind: 'restart', atMs: 0, forMs: 100 } as const),
        ...{ member, services: SERVICE_NAMES },
      })),
    ],
  },
];

/** Short, with nothing happening: the place of a proof is wrong whatever happens. */
export const QUIET_MANIFEST: Manifest = { ...OF_FOUR, name: 'nothing happens', perturbations: [] };
