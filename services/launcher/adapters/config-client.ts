import type { GrpcClient } from '#libs/grpc/client.ts';
import { ConfigServiceDefinition } from '#libs/proto/btcfed/config/v1/config_service.ts';
import type { MemberPaths } from '../core/member-home.ts';
import { CliError } from '../words/errors.ts';
import { CONFIG_CALL_MS } from '../words/limits.ts';
import { withServiceOf } from './running-node.ts';

export type ConfigClient = GrpcClient<typeof ConfigServiceDefinition>;

/**
 * Does `work` with the config service of a node that runs.
 *
 * @throws CliError CLI_UNREACHABLE when none runs from this home.
 */
export function withConfigService<T>(
  { home, configSocket: socket }: MemberPaths,
  work: (client: ConfigClient) => Promise<T>,
): Promise<T> {
  const service = { home, socket, definition: ConfigServiceDefinition, deadlineMs: CONFIG_CALL_MS };
  return withServiceOf(service, work);
}

/** The result of `withConfigService`, or undefined when no node runs from this home. */
export async function ifRunning<T>(
  paths: MemberPaths,
  work: (client: ConfigClient) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await withConfigService(paths, work);
  } catch (error) {
    if (error instanceof CliError && error.detail.code === 'CLI_UNREACHABLE') return undefined;
    throw error;
  }
}
