import { SERVICE_NAMES } from '#services/launcher/core/service-names.ts';
import type { Manifest } from './manifest.ts';
import { HALVES, LOAD, NETWORK_MANIFESTS } from './network-manifests.ts';

/** A run of the tests may have a machine that is busy with others; it is over as soon as all is final. */
const SHORT_SETTLE_MS = 300_000;

/**
 * Part of every run of the tests, on one federation: the perturbations that break most, and those that tear a
 * network, once each.
 */
export const SHORT: Manifest = {
  name: 'leader chase, pause, partition, one-way loss, a card that goes and comes, a port that is taken, power cut of all',
  members: 4,
  // The members decide as long as there is something to decide: a low rate keeps the processor free.
  load: { ...LOAD, perSecond: 1 },
  perturbations: [
    { kind: 'leader-chase', afterHeight: 2, forMs: 300, times: 2 },
    { kind: 'pause', afterHeight: 3, forMs: 2_000, member: 2, services: ['consensus'] },
    { kind: 'partition', atMs: 0, forMs: 2_000, groups: HALVES },
    { kind: 'one-way-loss', atMs: 0, forMs: 2_000, from: [1], to: [0, 2, 3] },
    { kind: 'link-flaps', atMs: 0, forMs: 500, member: 2, times: 2 },
    { kind: 'port-taken', atMs: 0, forMs: 0, member: 3 },
    { kind: 'power-cut', atMs: 0, forMs: 200 },
  ],
  settleMs: SHORT_SETTLE_MS,
};

/** Everything that can happen to a federation, in some minutes. */
export const LONG: readonly Manifest[] = [
  {
    name: 'leader chase, pause, power cut of all',
    members: 4,
    load: LOAD,
    perturbations: [
      { kind: 'leader-chase', afterHeight: 3, forMs: 300, times: 3 },
      { kind: 'pause', afterHeight: 8, forMs: 2_000, member: 2, services: ['consensus'] },
      { kind: 'power-cut', afterHeight: 12, forMs: 200 },
    ],
    settleMs: 60_000,
  },
  {
    name: 'kill and restart of every service',
    members: 4,
    load: LOAD,
    perturbations: SERVICE_NAMES.flatMap((service, index) => [
      { kind: 'kill' as const, atMs: 2_000, forMs: 500, member: index, services: [service] },
      { kind: 'restart' as const, atMs: 2_000, forMs: 500, member: (index + 1) % 4, services: [service] },
    ]),
    settleMs: 60_000,
  },
  {
    name: 'leader chase',
    members: 4,
    load: LOAD,
    perturbations: [{ kind: 'leader-chase', afterHeight: 3, forMs: 500, times: 15 }],
    settleMs: 60_000,
  },
  {
    name: 'power cut of all, five times',
    members: 4,
    load: LOAD,
    perturbations: [3, 6, 9, 12, 15].map((height) => ({
      kind: 'power-cut' as const,
      afterHeight: height,
      forMs: 100,
    })),
    settleMs: 60_000,
  },
  {
    name: 'changing minority of seven',
    members: 7,
    load: LOAD,
    perturbations: [{ kind: 'changing-minority', afterHeight: 3, forMs: 2_000, cycles: 7 }],
    settleMs: 90_000,
  },
  ...NETWORK_MANIFESTS,
  {
    name: 'pauses and cuts of the network',
    members: 4,
    load: LOAD,
    perturbations: [
      { kind: 'pause', afterHeight: 3, forMs: 5_000, member: 0, services: SERVICE_NAMES },
      { kind: 'pause', atMs: 8_000, forMs: 5_000, member: 1, services: ['signer'] },
      { kind: 'disconnect', atMs: 14_000, forMs: 20_000, member: 2 },
      { kind: 'disconnect', atMs: 36_000, forMs: 5_000, member: 3 },
    ],
    settleMs: 60_000,
  },
  {
    name: 'clocks that are wrong by a day, a disk without room',
    members: 4,
    load: LOAD,
    perturbations: [
      { kind: 'clock-skew', afterHeight: 3, forMs: 5_000, member: 0, shiftMs: 86_400_000 },
      { kind: 'clock-skew', atMs: 10_000, forMs: 5_000, member: 1, shiftMs: -86_400_000 },
      { kind: 'disk-full', atMs: 20_000, forMs: 8_000, member: 2 },
    ],
    settleMs: 60_000,
  },
  {
    name: 'all of it with small signatures that are dear to make',
    members: 4,
    scheme: 'slh-dsa-sha2-128s',
    load: { perSecond: 5, transactionBytes: 200 },
    perturbations: [
      { kind: 'leader-chase', afterHeight: 2, forMs: 500, times: 3 },
      { kind: 'pause', afterHeight: 4, forMs: 5_000, member: 1, services: ['consensus'] },
      { kind: 'power-cut', afterHeight: 6, forMs: 100 },
      { kind: 'changing-minority', afterHeight: 8, forMs: 1_000, cycles: 4 },
    ],
    settleMs: 180_000,
  },
];
