import { type GrpcClient, grpcClient, RemoteError } from '#libs/grpc/client.ts';
import { errorCodeOf } from '../core/error-code.ts';
import { CliError } from '../words/errors.ts';

/** One service of a node that runs from a home. */
export interface ServiceOfNode<Service> {
  readonly home: string;
  /** Path of its Unix socket. */
  readonly socket: string;
  readonly definition: Service;
  readonly deadlineMs: number;
}

type Definition = Parameters<typeof grpcClient>[0];

/**
 * Does `work` with a service of a node.
 *
 * @throws CliError CLI_UNREACHABLE when no node runs from this home.
 */
export async function withServiceOf<Service extends Definition, T>(
  { home, socket, definition, deadlineMs }: ServiceOfNode<Service>,
  work: (client: GrpcClient<Service>) => Promise<T>,
): Promise<T> {
  const client = grpcClient(definition, { address: `unix:${socket}`, deadlineMs });
  try {
    return await work(client);
  } catch (cause) {
    throw isAway(cause) ? notRunning(home, cause) : cause;
  } finally {
    client.close();
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
