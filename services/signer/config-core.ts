import { z } from 'zod';
import { absolutePath, signerConfig } from './config.ts';

const { shape } = signerConfig;

/** Settings of the core: it has no address but its socket. */
export const coreConfig = z.strictObject({
  /** Unix socket for the edge, in a folder that nobody else may enter. */
  SIGNER_CORE_SOCKET: absolutePath,
  /** Users that may connect to it: the user of the core, or its group too, when the edge is another user in it. */
  SIGNER_CORE_SOCKET_ACCESS: z.enum(['owner', 'group']).default('owner'),
  /**
   * Votes for changes of the members that the core signs for its edge: none, the votes that need no person, or all
   * votes that clients may ask for.
   */
  SIGNER_CORE_VOTES: z.enum(['none', 'automatic', 'clients']).default('none'),
  SIGNER_CORE_FOLDER: shape.SIGNER_FOLDER,
  SIGNER_CORE_MIRROR_FILE: shape.SIGNER_MIRROR_FILE,
  SIGNER_CORE_PROTOCOL: shape.SIGNER_PROTOCOL,
  SIGNER_CORE_BACKEND: shape.SIGNER_BACKEND,
  SIGNER_CORE_SIGNING: shape.SIGNER_SIGNING,
  SIGNER_CORE_PASSPHRASE_FILE: shape.SIGNER_PASSPHRASE_FILE,
  SIGNER_CORE_ADMIN_SOCKET: shape.SIGNER_ADMIN_SOCKET,
  SIGNER_CORE_NICENESS: shape.SIGNER_NICENESS,
  /** Metrics are not here: the core listens on nothing but its socket. The edge shows the numbers. */
  SIGNER_CORE_METRICS_LISTEN: z.undefined('the core has no network: scrape the edge').optional(),
  /** Nor are spans: the core calls nobody. */
  SIGNER_CORE_TRACING_ENDPOINT: z.undefined('the core has no network: trace the edge').optional(),
});

export type CoreConfig = z.output<typeof coreConfig>;
