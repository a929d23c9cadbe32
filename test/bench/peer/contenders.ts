import type { SettingName } from '../cometbft/node-changes.ts';

/** Measured in turn: a federation of ours, and CometBFT in each of its settings. */
export const CONTENDERS = ['btcfed', 'cometbft-default', 'cometbft-gossip-5ms'] as const;
export type Contender = (typeof CONTENDERS)[number];
export type Peer = Exclude<Contender, 'btcfed'>;

export const PEERS = CONTENDERS.filter((each): each is Peer => each !== 'btcfed');

export const PEER_SETTINGS: Readonly<Record<Peer, SettingName>> = {
  'cometbft-default': 'default',
  'cometbft-gossip-5ms': 'gossip-5ms',
};

/** Another one begins each turn, from 0 on: none always has the machine as the one before left it. */
export function orderOfTurn(turn: number): readonly Contender[] {
  const first = turn % CONTENDERS.length;
  return [...CONTENDERS.slice(first), ...CONTENDERS.slice(0, first)];
}
