import { existsSync, statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import type { NodeConfiguration } from '#libs/settings/node-configuration.ts';
import { ifRunning } from '#services/launcher/adapters/config-client.ts';
import { readGenesis } from '#services/launcher/adapters/read-home.ts';
import { decisionVotesOf } from '#services/launcher/core/decision-votes.ts';
import type { LaunchFacts } from '#services/launcher/core/launch-facts.ts';
import { threadPoolSize } from '#services/launcher/core/thread-pool.ts';
import type { NodeFolderFacts } from '../core/host-disk.ts';
import type { HostFacts } from '../core/host-rules.ts';
import type { ChainTerms } from '../core/host-signatures.ts';
import { certificateStates } from './certificate-states.ts';
import { clockSources } from './clock-facts.ts';
import { diskFacts } from './disk-facts.ts';
import { swapDevices } from './machine-facts.ts';
import { openFileLimit, residentBytes, seenProcesses } from './node-processes.ts';
import { portFacts } from './port-facts.ts';
import { modeFacts } from './private-paths.ts';
import { setCosts } from './set-costs.ts';
import { syncCost } from './sync-cost.ts';

/**
 * Finds out the facts about the host of a member, and about its home on it. A small file is written into the folder of the data and removed;
 * nothing else is changed. Takes some seconds, most of them for signatures.
 */
export async function hostFacts(
  node: LaunchFacts,
  { logging, networkAddresses }: NodeConfiguration,
): Promise<HostFacts> {
  const { paths, hasChain } = node;
  const nowMs = Date.now();
  const genesis = hasChain ? readGenesis(paths.genesis) : undefined;
  const chain = genesis && chainTerms(genesis);
  const processes = seenProcesses(paths.home);
  const own = processes.filter(({ isOfNode }) => isOfNode);
  const isRunning = (await ifRunning(paths, (client) => client.getStatus({}))) !== undefined;
  const data = existingOf(paths.consensusFolder, paths.home);
  const { fileOutput, fileSizeBytesMax, fileCountMax } = logging;
  const logBytesMax = fileOutput ? fileSizeBytesMax * (fileCountMax + 1) : 0;
  return {
    home: paths.home,
    isRunning,
    versions: { nodeVersion: process.versions.node, opensslVersion: process.versions.openssl },
    clock: {
      nowMs,
      sources: await clockSources(nowMs),
      genesisTimeMs: genesis && Number(genesis.genesisTimeMs),
    },
    folders: [
      folderFactsOf(data, 'the data', 0),
      folderFactsOf(existingOf(paths.logsFolder, paths.home), 'the logs', logBytesMax),
    ],
    sync: syncCost(data),
    ports: await portFacts(node, networkAddresses, processes),
    certificates: certificateStates(node),
    modes: modeFacts(node),
    memory: {
      totalBytes: totalBytes(),
      availableBytes: process.availableMemory(),
      ownBytes: residentBytes(own),
    },
    openFiles: openFileLimit(own),
    swaps: swapDevices(),
    signatures: {
      cores: availableParallelism(),
      threads: threadPoolSize(availableParallelism(), node.passedOn?.UV_THREADPOOL_SIZE),
      costs: await setCosts(chain?.scheme),
      chain,
    },
  };
}

function chainTerms(genesis: ReturnType<typeof readGenesis>): ChainTerms {
  const { scheme, members, protocolParameters } = genesis;
  const viewTimeoutMs = protocolParameters['view_timeout_ms'] ?? 0;
  return {
    scheme,
    members: members.length,
    votes: decisionVotesOf(genesis),
    viewTimeoutMs,
    viewTimeoutMsMax: protocolParameters['view_timeout_ms_max'] ?? viewTimeoutMs,
  };
}

function folderFactsOf(path: string, of: NodeFolderFacts['of'], logBytesMax: number): NodeFolderFacts {
  const { files, ffree } = statfsSync(path);
  return { ...diskFacts(path), of, inodesFree: files === 0 ? undefined : ffree, logBytesMax };
}

/** A node makes its folders at its first start. */
function existingOf(folder: string, home: string): string {
  return existsSync(folder) ? folder : home;
}

/** The limit of the control group where there is one; without one the system says a number beyond all memory. */
function totalBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}
