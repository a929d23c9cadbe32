import { resolve } from 'node:path';
import { type MemberTarget, withMember } from '#services/launcher/adapters/member-client.ts';
import { modeText } from '#services/launcher/adapters/member-status.ts';
import { peersOfNode } from '#services/launcher/adapters/peers-of-node.ts';
import { readConfiguration } from '#services/launcher/adapters/read-home.ts';
import type { LaunchFacts } from '#services/launcher/core/launch-facts.ts';
import type { MemberPaths } from '#services/launcher/core/member-home.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import type { Terminal } from '#services/launcher/words/terminal.ts';
import { shownKeys, valuesInForce } from '../adapters/effective-keys.ts';
import { hostFacts } from '../adapters/host-facts.ts';
import { readSettings } from '../adapters/read-settings.ts';
import { judgeHost } from '../core/host-rules.ts';
import { capacities } from '../core/host-signatures.ts';
import type { BundleFile, BundlePart } from './bundle-part.ts';
import { certificatesBelow } from './certificates-below.ts';
import type { HomeEntries } from './home-entries.ts';
import { logTails } from './log-tails.ts';
import { pageParts } from './page-parts.ts';
import { versionsHere } from './versions.ts';

/** Where a bundle is made of. */
export interface BundleSource {
  readonly paths: MemberPaths;
  readonly entries: HomeEntries;
  /** The checkout. */
  readonly root: string;
  readonly terminal: Pick<Terminal, 'note'>;
  /** The settings of the node. @throws the sentence of their refusal. */
  readonly facts: () => LaunchFacts;
  /** Its client API. @throws the same. */
  readonly target: () => MemberTarget;
}

/** All that a bundle tells of a node, running or not: first what the files say, then what the node says, last the doctor, who takes longest. */
export function bundleParts(source: BundleSource): readonly BundlePart[] {
  const { paths, entries, root, facts, target } = source;
  const asMember = <T>(work: Parameters<typeof withMember<T>>[1]): Promise<T> => withMember(target(), work);
  return [
    jsonPart('versions', async () => versionsHere(root)),
    jsonPart('configuration', () => configurationOf(source)),
    jsonPart('files', async () => entries),
    jsonPart('certificates', async () =>
      certificatesBelow(paths.home, entries.entries, namedCertificates(paths)),
    ),
    { name: 'logs', collect: async () => logTails(paths.logsFolder, logNameOf(paths)) },
    jsonPart('status', () =>
      asMember(async (member) => {
        const status = await member.status();
        return { ...status, mode: modeText(status) };
      }),
    ),
    jsonPart('membership', () =>
      asMember(async (member) => ({
        membership: await member.membership(),
        validators: await member.validators(),
      })),
    ),
    jsonPart('peers', () => peersOfNode(paths)),
    ...pageParts(facts),
    jsonPart('doctor', () => doctorOf(facts(), paths)),
  ];
}

function jsonPart(name: string, find: () => Promise<unknown>): BundlePart {
  return {
    name,
    collect: async (): Promise<readonly BundleFile[]> => [
      { path: `${name}.json`, text: `${JSON.stringify(JSON.parse(jsonText(await find())), null, 2)}\n` },
    ],
  };
}

async function configurationOf({ paths, terminal }: BundleSource): Promise<object> {
  const { conf, peers } = await readSettings(paths, terminal);
  const inForce = await valuesInForce(paths);
  return {
    isRunning: inForce !== undefined,
    keys: shownKeys(paths, conf.configuration, inForce),
    warnings: conf.warnings,
    peersInFile: peers.list.peers,
    peersLeftOut: peers.list.rejected,
  };
}

async function doctorOf(facts: LaunchFacts, paths: MemberPaths): Promise<object> {
  const found = await hostFacts(facts, readConfiguration(paths.conf));
  const { isRunning, signatures } = found;
  return { isRunning, parameterSets: capacities(signatures), checks: judgeHost(found) };
}

/** The name of the log and the certificates stand in conf.yaml; a conf.yaml that is refused is told by its own part. */
function logNameOf({ conf }: MemberPaths): string | undefined {
  return withoutRefusal(() => readConfiguration(conf).logging.fileName);
}

function namedCertificates({ home, conf }: MemberPaths): readonly string[] {
  const services = withoutRefusal(() => readConfiguration(conf).services);
  const named = [services?.clientTlsCert, services?.clientTlsCa];
  return named.flatMap((path) => (path === undefined || path === '' ? [] : [resolve(home, path)]));
}

function withoutRefusal<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
