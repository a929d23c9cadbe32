import type { ConfigChanges } from './node-config.ts';

/** The two ways in which CometBFT is run: as it comes, and with the pauses of its gossip cut, which trades throughput for latency. */
export type SettingName = 'default' | 'gossip-5ms';

/** Between two looks for messages that a peer lacks, and before messages are sent off together; undefined: as it comes, 100 ms. */
const PAUSES: Readonly<Record<SettingName, string | undefined>> = { default: undefined, 'gossip-5ms': '5ms' };

/** The settings of its nodes beside their places. */
export interface NetworkTerms {
  readonly setting: SettingName;
  /** Transactions of one call. */
  readonly batch: number;
  /** Transactions that wait at a time, at most. */
  readonly inFlight: number;
  readonly transactionBytes: number;
  readonly indexer: 'kv' | 'null';
}

export interface NodePlace {
  readonly rpcAddress: string;
  readonly peerAddress: string;
  /** The others, `identity@host:port`. */
  readonly peers: readonly string[];
}

/** The bound of a request in the configuration as it comes. */
const BODY_BYTES = 1_000_000;

/** Transactions in the mempool of the configuration as it comes; twice as many are remembered. */
const MEMPOOL_SIZE = 5_000;

/** Bytes of one transaction in a batch: base64, and the words of JSON-RPC around it. */
function callBytes(transactionBytes: number): number {
  return Math.ceil(transactionBytes / 3) * 4 + 200;
}

/** All that differs from the configuration that CometBFT writes. */
export function nodeChanges(
  { rpcAddress, peerAddress, peers }: NodePlace,
  { setting, batch, inFlight, transactionBytes, indexer }: NetworkTerms,
): ConfigChanges {
  const pause = PAUSES[setting];
  const mempoolSize = Math.max(MEMPOOL_SIZE, 2 * inFlight);
  return {
    '': { proxy_app: '"kvstore"' },
    rpc: {
      laddr: `"tcp://${rpcAddress}"`,
      max_request_batch_size: String(batch),
      max_body_bytes: String(Math.max(BODY_BYTES, batch * callBytes(transactionBytes))),
    },
    p2p: {
      laddr: `"tcp://${peerAddress}"`,
      persistent_peers: `"${peers.join(',')}"`,
      ...(pause && { flush_throttle_timeout: `"${pause}"` }),
    },
    mempool: { size: String(mempoolSize), cache_size: String(2 * mempoolSize) },
    consensus: {
      timeout_commit: '"0s"',
      create_empty_blocks: 'false',
      ...(pause && { peer_gossip_sleep_duration: `"${pause}"` }),
    },
    tx_index: { indexer: `"${indexer}"` },
  };
}
