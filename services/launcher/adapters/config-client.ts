import { type GrpcClient, grpcClient, RemoteError } from '#libs/grpc/client.ts';
import { ConfigServiceDefinition } from '#libs/proto/btcfed/config/v1/config_service.ts';
import { errorCodeOf } from '../core/error-code.ts';
import type { MemberPaths } from '../core/member-home.ts';
import { CliError } from '../words/errors.ts';
import { CONFIG_CALL_MS } from '../words/limits.ts';

export type ConfigClient = GrpcClient<typeof ConfigServiceDefinition>;

/**
 * Does `work` with the config service of a node that runs.
 *
 * @throws CliError CLI_UNREACHABLE when none runs from this home.
 */
export async function withConfigService<T>(
  { home, configSocket }: MemberPaths,
  work: (client: ConfigClient) => Promise<T>,
): Promise<T> {
  const client = grpcClient(ConfigServiceDefinition, {
    address: `unix:${configSocket}`,
    deadlineMs: CONFIG_CALL_MS,
  });
  try {
    return await work(client);
  } catch (cause) {
    throw isAway(cause) ? notRunning(home, cause) : cause;
  } finally {
    client.close();
  }
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

function isAway(error: unknown): boolean {
  if (!(error instanceof RemoteError) || errorCodeOf(error) !== undefined) return false;
  return ['UNAVAILABLE', 'DEADLINE_EXCEEDED'].includes(error.detail.status);
}

function notRunning(home: string, cause: unknown): CliError {
  const message = `no node runs from ${home}: start it with "btcfed node --home ${home}"`;
  return new CliError(message, { code: 'CLI_UNREACHABLE' }, { cause });
}
