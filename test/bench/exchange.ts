import { parseArgs } from 'node:util';
import { GatewayNode } from '#test/support/gateway/gateway-node.ts';
import { until } from '#test/support/within.ts';

const HELP = `Shows how fast gateways find each other by peer exchange (P2P-76): each knows one other, in a binary tree.

  --gateways N       real gateways on loopback, all in this process (50)
  --interval MS      peers.exchange_interval (30000)
  --json             the figures only, as JSON
`;

const { values } = parseArgs({
  options: {
    gateways: { type: 'string', default: '50' },
    interval: { type: 'string', default: '30000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const SHARE_WANTED = 0.95;
const WAIT_MS = 10 * 60_000;
/** Everything is done by one processor: handshakes take as long as they take. */
const CONNECTION_TIMEOUT_MS = 60_000;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function measure(count: number, exchangeIntervalMs: number): Promise<Record<string, number>> {
  const nodes = Array.from(
    { length: count },
    (_, index) =>
      new GatewayNode(`g${index}`, { exchangeIntervalMs, connectionTimeoutMs: CONNECTION_TIMEOUT_MS }),
  );
  try {
    await Promise.all(nodes.map((node) => node.start()));
    const startMs = performance.now();
    nodes.forEach((node, index) => {
      const parent = nodes[Math.floor((index - 1) / 2)];
      if (parent !== undefined) node.know([parent]);
    });
    const share = (): number => nodes.reduce((sum, { listed }) => sum + listed.length, 0) / count ** 2;
    const elapsedS = (): number => Math.round((performance.now() - startMs) / 100) / 10;
    await until('95 % of all entries', () => share() > SHARE_WANTED, WAIT_MS);
    const mostS = elapsedS();
    await until('all entries', () => share() === 1, WAIT_MS);
    const messages = nodes.map(({ parts }) =>
      [...parts.exchange.counts].reduce(
        (sum, [name, times]) => sum + (name.startsWith('sent') ? times : 0),
        0,
      ),
    );
    return {
      gateways: count,
      exchange_interval_s: exchangeIntervalMs / 1000,
      seconds_to_95_percent: mostS,
      seconds_to_all: elapsedS(),
      intervals_to_all: Math.max(...nodes.map(({ parts }) => parts.exchange.intervals)),
      messages_sent_by_one_most: Math.max(...messages),
    };
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
}

if (values.help) say(HELP);
else {
  const figures = await measure(Number(values.gateways), Number(values.interval));
  if (values.json) say(JSON.stringify(figures));
  else for (const [name, figure] of Object.entries(figures)) say(`${name.replaceAll('_', ' ')}: ${figure}`);
}
