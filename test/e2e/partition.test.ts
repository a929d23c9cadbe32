import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { grpcClient } from '#libs/grpc/client.ts';
import { ConfigServiceDefinition } from '#libs/proto/btcfed/config/v1/config_service.ts';
import { ConnectionState, GatewayServiceDefinition } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { peersYaml } from '#libs/settings/peers-yaml.ts';
import { readConfiguration, readMemberHome } from '#services/launcher/adapters/read-home.ts';
import type { LaunchFacts } from '#services/launcher/core/launch-facts.ts';
import { serviceRuntime } from '#services/launcher/local/service-runtime.ts';
import { memberService } from '#services/launcher/supervisor/member-services.ts';
import { makeHomes, moveToCards } from '#test/support/federation/member-homes.ts';
import { NetworkLab } from '#test/support/network/network-lab.ts';
import { CUT, cardOf, linksBetween } from '#test/support/network/network-plan.ts';
import { claimPortRegion } from '#test/support/network/port-region.ts';
import { until } from '#test/support/within.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const START_MS_MAX = 300_000;
const CALL_MS = 60_000;
/** News travel at once; missed news are asked for at this interval, which need not be that of an operator. */
const EXCHANGE_INTERVAL = '1s';

/** One member without its consensus: config and gateway, each a process, the gateway on a card of its own. */
class Outpost {
  readonly key: string;
  readonly #facts: LaunchFacts;
  readonly #index: number;
  readonly #config;
  readonly #gateway;

  constructor(facts: LaunchFacts, index: number) {
    this.#facts = facts;
    this.#index = index;
    this.key = toHex(readConfiguration(facts.paths.conf).identity.publicKey);
    const at = (path: string) => ({ address: `unix:${path}`, deadlineMs: CALL_MS });
    this.#config = grpcClient(ConfigServiceDefinition, at(facts.paths.configSocket));
    this.#gateway = grpcClient(GatewayServiceDefinition, at(facts.paths.gatewaySocket));
  }

  /** Knows only these members by its own files. */
  async start(lab: NetworkLab, folder: string, known: readonly Outpost[]): Promise<() => Promise<void>> {
    const { conf, peers } = this.#facts.paths;
    const entries = known.map((other) => ({
      publicKey: Buffer.from(other.key, 'hex'),
      addresses: [cardOf(other.#index).address],
    }));
    writeFileSync(peers, peersYaml(entries));
    const text = readFileSync(conf, 'utf8');
    writeFileSync(conf, text.replace(/^( *exchange_interval:) *\S+/m, `$1 ${EXCHANGE_INTERVAL}`));
    const runtime = await serviceRuntime({ root: ROOT, node: process.execPath, env: {} });
    const node = lab.nodeOf(this.#index, runtime.node, folder);
    const options = { startMsMax: START_MS_MAX, report: () => {}, interrupted: new AbortController().signal };
    const services = [
      memberService('config', this.#facts, { ...options, runtime }),
      memberService('gateway', this.#facts, { ...options, runtime: { ...runtime, node } }),
    ];
    for (const service of services) await service.start();
    return async () => {
      for (const client of [this.#config, this.#gateway]) client.close();
      for (const service of services.toReversed()) await service.stop();
    };
  }

  /** The members that it is connected with, itself included, as its gateway reports them. */
  async connected(): Promise<readonly string[]> {
    const { peers } = await this.#gateway.listPeers({});
    const up = peers.filter(({ state }) => state === ConnectionState.CONNECTED);
    return [this.key, ...up.map(({ publicKey }) => toHex(publicKey))].sort();
  }

  /** The members in the list that its config service keeps for the next start, itself included. */
  async kept(): Promise<readonly string[]> {
    const { configuration } = await this.#config.getConfiguration({});
    return [this.key, ...(configuration?.peers ?? []).map(({ publicKey }) => toHex(publicKey))].sort();
  }
}

async function untilAll(
  what: string,
  members: readonly Outpost[],
  list: 'connected' | 'kept',
  wanted: readonly Outpost[],
): Promise<void> {
  const keys = wanted.map(({ key }) => key).sort();
  let seen: readonly (readonly string[])[] = [];
  const isSo = async (): Promise<boolean> => {
    seen = await Promise.all(members.map((member) => member[list]()));
    return seen.every((each) => each.join() === keys.join());
  };
  await until(what, isSo, START_MS_MAX).catch(() =>
    assert.deepEqual(
      seen,
      members.map(() => keys),
      what,
    ),
  );
}

const skip = NetworkLab.problem() ?? false;

test('P2P-21 sides that learned members of their own while they were apart have equal peer lists after it', {
  skip,
}, async () => {
  await using held = new AsyncDisposableStack();
  const folder = held.adopt(mkdtempSync(join(tmpdir(), 'btcfed-partition-')), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
  const region = held.adopt(await claimPortRegion(), (claimed) => claimed.release());
  const home = join(folder, 'net');
  makeHomes(home, { members: 5, basePort: region.basePort });
  moveToCards(home, 5, region.basePort);
  const lab = held.use(await NetworkLab.open(5));
  const all = Array.from({ length: 5 }, (_, index) => {
    return new Outpost(readMemberHome(join(home, `m${index}`), {}).facts, index);
  });
  const [left, right, middle, leftGuest, rightGuest] = all as [Outpost, Outpost, Outpost, Outpost, Outpost];
  const start = async (member: Outpost, known: readonly Outpost[]): Promise<void> => {
    held.defer(await member.start(lab, folder, known));
  };

  await Promise.all([start(left, []), start(middle, [left]), start(right, [middle])]);
  await untilAll('three that found each other', [left, middle, right], 'connected', [left, middle, right]);

  await lab.rule([...linksBetween([0, 3], [1, 2, 4]), ...linksBetween([1, 2, 4], [0, 3])], CUT);
  const sides = [
    [left, leftGuest],
    [right, middle, rightGuest],
  ] as const;
  await Promise.all([start(leftGuest, [left]), start(rightGuest, [right])]);
  for (const side of sides) await untilAll('a side of its own', side, 'connected', side);

  await lab.heal();
  await untilAll('one network again', all, 'connected', all);
  await untilAll('one list again', all, 'kept', all);
});
