import { setPriority } from 'node:os';
import type { Logger } from '#libs/log/logger.ts';
import { VOTE_TABLES } from '#libs/protocols/protocols.ts';
import { type Lifecycle, lifecycleOf } from '#libs/service/lifecycle.ts';
import type { CoreConfig } from './config-core.ts';
import { edgeApiOf } from './running/core-votes.ts';
import { openCore } from './running/open-core.ts';
import type { SignerTools } from './signer-tools.ts';
import { adminSocket } from './socket/admin-socket.ts';
import { coreSocket } from './socket/core-socket.ts';

/**
 * The core of a signer: key, rules, record and audit log behind a Unix socket, without a network. An intruder in the
 * edge, or in consensus behind it, gets only the signatures that the rules allow.
 */
export async function composeCore(
  config: CoreConfig,
  log: Logger,
  { tables = VOTE_TABLES }: Partial<SignerTools> = {},
): Promise<Lifecycle> {
  if (config.SIGNER_CORE_NICENESS > 0) setPriority(config.SIGNER_CORE_NICENESS);
  const core = await openCore({
    folder: config.SIGNER_CORE_FOLDER,
    mirror: config.SIGNER_CORE_MIRROR_FILE,
    protocol: config.SIGNER_CORE_PROTOCOL,
    tables,
    backend: config.SIGNER_CORE_BACKEND,
    signing: config.SIGNER_CORE_SIGNING,
    passphraseFile: config.SIGNER_CORE_PASSPHRASE_FILE,
    mayBeLocked: config.SIGNER_CORE_ADMIN_SOCKET !== undefined,
    log,
    // The edge asks the core, and reports the answer as its own health.
    onServing: () => {},
  });
  return lifecycleOf([
    { start: async () => {}, stop: () => core.close() },
    adminSocket({ path: config.SIGNER_CORE_ADMIN_SOCKET, api: core.admin, log }),
    coreSocket({
      path: config.SIGNER_CORE_SOCKET,
      access: config.SIGNER_CORE_SOCKET_ACCESS,
      api: edgeApiOf(core.api, config.SIGNER_CORE_VOTES),
      log,
    }),
  ]);
}
