import type { GrpcClient } from '#libs/grpc/client.ts';
import { OperatorServiceDefinition } from '#libs/proto/btcfed/consensus/v1/operator_service.ts';
import type { MemberPaths } from '../core/member-home.ts';
import { CONFIG_CALL_MS } from '../words/limits.ts';
import { withServiceOf } from './running-node.ts';

export type OperatorClient = GrpcClient<typeof OperatorServiceDefinition>;

/**
 * Does `work` with consensus of a node that runs, as its operator.
 *
 * @throws CliError CLI_UNREACHABLE when none runs from this home.
 */
export function withOperatorService<T>(
  { home, memberSocket: socket }: MemberPaths,
  work: (client: OperatorClient) => Promise<T>,
): Promise<T> {
  const service = { home, socket, definition: OperatorServiceDefinition, deadlineMs: CONFIG_CALL_MS };
  return withServiceOf(service, work);
}
