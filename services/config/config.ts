import { isAbsolute } from 'node:path';
import { z } from 'zod';

const token = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,47}$/, 'expected 1 to 48 of a-z, 0-9, "-" and "_"');

/** Every setting of the config service; read from the environment, unknown `CONFIG_*` names are an error. */
export const configConfig = z.strictObject({
  /** Folder of conf.yaml and peers.yaml; made when missing. */
  CONFIG_HOME: z.string().refine(isAbsolute, 'expected an absolute path'),
  /** Address of the API. A Unix socket only, because the API hands out the private key. */
  CONFIG_LISTEN: z.string().regex(/^unix:./, 'expected unix:/path'),
  /** Events are off without it. */
  CONFIG_NATS_URL: z.string().min(1).optional(),
  /** First token of the event subjects: the chain id. */
  CONFIG_NETWORK: token.default('local'),
  /** Second token of the event subjects: the name of this member. */
  CONFIG_MEMBER: token.default('node'),
});

export type ConfigConfig = Readonly<z.output<typeof configConfig>>;
