import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { AppError } from '#libs/errors/app-error.ts';
import { readTlsKey } from '#libs/grpc/tls-files.ts';
import { checkBindable } from '#libs/reload/bind-check.ts';
import type { NodeConfiguration } from '#libs/settings/node-configuration.ts';
import { clientPortProblem } from '#services/launcher/adapters/client-port.ts';
import { ifRunning } from '#services/launcher/adapters/config-client.ts';
import type { MemberPaths } from '#services/launcher/core/member-home.ts';

/**
 * The reasons why valid settings cannot run on this machine (P2P-63), one sentence each: addresses that cannot be
 * bound, folders that cannot be written, certificates that cannot be used. Nothing is changed.
 */
export async function runtimeProblems(
  node: NodeConfiguration,
  paths: MemberPaths,
): Promise<readonly string[]> {
  const inForce = await ifRunning(paths, async (client) => {
    const { configuration } = await client.getConfiguration({});
    return configuration?.networkAddresses ?? [];
  });
  return [
    ...(await bindProblems(node.networkAddresses, inForce ?? [])),
    ...(await clientProblem(node, paths, inForce !== undefined)),
    ...[paths.home, paths.logsFolder].flatMap(writeProblem),
    ...tlsProblem(node, paths),
  ];
}

/** Addresses that the running node listens on are its own. */
async function bindProblems(wanted: readonly string[], inForce: readonly string[]): Promise<string[]> {
  const problems: string[] = [];
  for (const address of wanted.filter((own) => !inForce.includes(own))) {
    try {
      await checkBindable(address);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problems.push(error.message);
    }
  }
  // A node starts when it can bind one address (P2P-02): a person is told of the others.
  return problems;
}

/** The running node serves there itself, and a node without a chain nowhere. */
async function clientProblem(
  { services }: NodeConfiguration,
  { genesis }: MemberPaths,
  isRunning: boolean,
): Promise<readonly string[]> {
  if (isRunning || !existsSync(genesis)) return [];
  const problem = await clientPortProblem(services.clientAddress);
  return problem === undefined ? [] : [problem];
}

function writeProblem(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return [];
  } catch {
    return [`${folder} cannot be written to by this user`];
  }
}

function tlsProblem({ services }: NodeConfiguration, { home }: MemberPaths): readonly string[] {
  if (services.clientTlsCert === '') return [];
  try {
    createSecureContext({
      cert: readFileSync(resolve(home, services.clientTlsCert)),
      key: readTlsKey(resolve(home, services.clientTlsKey)),
      ...(services.clientTlsCa === '' ? {} : { ca: readFileSync(resolve(home, services.clientTlsCa)) }),
    });
    return [];
  } catch (error) {
    // OpenSSL and the system name the file or the fault, never the key.
    const reason = error instanceof Error ? error.message : String(error);
    return [`services.client_tls_cert, client_tls_key and client_tls_ca cannot be used together: ${reason}`];
  }
}
