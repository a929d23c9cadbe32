import { z } from 'zod';

const text = z.string().min(1);

/** Below, the blocks themselves take some seconds. */
const SNAPSHOT_BLOCKS_DEFAULT = 10_000;

/** Every setting of the consensus service; read from the environment, unknown `CONSENSUS_*` names are an error. */
export const consensusConfig = z.strictObject({
  /** Folder of chain.db. */
  CONSENSUS_FOLDER: text,
  CONSENSUS_GENESIS: text,
  /** Name of this member: in the genesis, or in the change of the membership by which it joins. */
  CONSENSUS_MEMBER: text,
  /** Client API, host:port. */
  CONSENSUS_LISTEN: text.default('127.0.0.1:7101'),
  /** TLS of the client API; without it only loopback addresses are served. */
  CONSENSUS_TLS_CERT: text.optional(),
  CONSENSUS_TLS_KEY: text.optional(),
  /** Authority of client certificates: a client that shows one is known by its key, and has a share of its own. */
  CONSENSUS_TLS_CA: text.optional(),
  /** Left out where the transport of the chain is http-json: then no gateway runs. */
  CONSENSUS_GATEWAY_ADDRESS: text.optional(),
  CONSENSUS_SIGNER_ADDRESS: text.default('127.0.0.1:7102'),
  CONSENSUS_SIGNER_TLS_CA: text,
  CONSENSUS_SIGNER_TLS_CERT: text,
  CONSENSUS_SIGNER_TLS_KEY: text,
  /** Name in the signer's certificate. */
  CONSENSUS_SIGNER_NAME: text.default('signer'),
  /**
   * peers.yaml of this member: the peers that it may fetch the chain from, and serve, beside the members that the
   * chain names.
   */
  CONSENSUS_PEERS: text.optional(),
  CONSENSUS_NATS_URL: text.optional(),
  /** Blocks behind from which on the state is taken from a snapshot instead; 0: never. */
  CONSENSUS_SNAPSHOT_BLOCKS: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31)
    .default(SNAPSHOT_BLOCKS_DEFAULT),
  /** Height behind which this member stops: it decides the block of that height, and signs nothing above it. Left out: it goes on. */
  CONSENSUS_HALT_AT_HEIGHT: z
    .string()
    .regex(/^[1-9]\d{0,17}$/, 'expected a height, a whole number from 1 on')
    .transform((height) => BigInt(height))
    .optional(),
  /** Members, by comma, whose evidence a person has judged: it stops this member no more. */
  CONSENSUS_PARDONED_MEMBERS: z
    .string()
    .regex(/^[a-z0-9_,-]*$/, 'expected names of members, by comma')
    .default('')
    .transform((names) => new Set(names.split(',').filter((name) => name !== ''))),
  /** Whether each final transaction has a fact of its own, beside that of its block. */
  CONSENSUS_TRANSACTION_EVENTS: z.enum(['off', 'on']).default('off'),
  /** Whether steps of consensus are events: while the level is debug, or always. */
  CONSENSUS_STEP_EVENTS: z.enum(['debug', 'always']).default('debug'),
  /** Address of ConfigService, for following reloads of conf.yaml. Left out: no reload is followed. */
  CONSENSUS_CONFIG_ADDRESS: text.optional(),
  /** Unix socket on which the operator of this member is served. Left out: nobody is. */
  CONSENSUS_OPERATOR_ADDRESS: z
    .string()
    .regex(/^unix:\//, 'expected unix:/<path>')
    .optional(),
  /** Verification back end. */
  CONSENSUS_BACKEND: z.enum(['auto', 'native', 'portable']).default('auto'),
});

export type ConsensusConfig = Readonly<z.output<typeof consensusConfig>>;
