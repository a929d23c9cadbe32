import { SERVICE_NAMES } from '#services/launcher/core/service-names.ts';
import type { Manifest } from './manifest.ts';

export const LOAD = { perSecond: 20, transactionBytes: 200 } as const;

/** Of four members: neither has a quorum. */
export const HALVES = [
  [0, 1],
  [2, 3],
] as const;

/** Everything that can happen to the network of a federation. */
export const NETWORK_MANIFESTS: readonly Manifest[] = [
  {
    name: 'partition, one-way loss, a card that goes and comes, a port that is taken',
    members: 4,
    load: LOAD,
    perturbations: [
      { kind: 'partition', afterHeight: 3, forMs: 3_000, groups: HALVES },
      { kind: 'one-way-loss', afterHeight: 5, forMs: 3_000, from: [1], to: [0, 2, 3] },
      { kind: 'link-flaps', afterHeight: 7, forMs: 500, member: 2, times: 3 },
      { kind: 'port-taken', afterHeight: 9, forMs: 0, member: 3 },
    ],
    settleMs: 60_000,
  },
  {
    name: 'partitions of the network',
    members: 4,
    load: LOAD,
    perturbations: [
      { kind: 'partition', afterHeight: 3, forMs: 15_000, groups: HALVES },
      { kind: 'partition', atMs: 0, forMs: 15_000, groups: [[0, 1, 2], [3]] },
      { kind: 'partition', atMs: 0, forMs: 30_000, groups: [[0], [1], [2], [3]] },
      { kind: 'one-way-loss', atMs: 0, forMs: 15_000, from: [0], to: [1, 2, 3] },
      { kind: 'one-way-loss', atMs: 0, forMs: 15_000, from: [1, 2, 3], to: [0] },
      { kind: 'one-way-loss', atMs: 0, forMs: 15_000, from: [0, 1], to: [2, 3] },
      { kind: 'black-hole', atMs: 0, forMs: 20_000, pair: [1, 2] },
    ],
    settleMs: 60_000,
  },
  {
    name: 'everything of one member, of each in turn, and a split in two halves for a minute',
    members: 4,
    load: LOAD,
    perturbations: [
      { kind: 'leader-chase', afterHeight: 3, forMs: 2_000, times: 2 },
      ...SERVICE_NAMES.map((service, member) => ({
        ...{ kind: 'kill' as const, atMs: 0, forMs: 1_000, member, services: [service] },
      })),
      { kind: 'power-cut', atMs: 0, forMs: 500 },
      { kind: 'partition', atMs: 0, forMs: 60_000, groups: HALVES },
    ],
    settleMs: 60_000,
  },
  {
    name: 'a bad network',
    members: 4,
    load: LOAD,
    perturbations: [
      { kind: 'bad-network', afterHeight: 3, forMs: 30_000, delayMs: 200, loss: 0.02 },
      { kind: 'link-flaps', atMs: 0, forMs: 1_000, member: 1, times: 10 },
      { kind: 'address-change', atMs: 0, forMs: 10_000, member: 2 },
      { kind: 'port-taken', atMs: 0, forMs: 0, member: 3 },
    ],
    settleMs: 60_000,
  },
];
