import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CERTIFICATE_RULE } from '#libs/chain/kept-certificates.ts';
import { SignedChain } from '#test/support/chain/signed-chain.ts';
import { catchUp } from './catch-up-run.ts';

const HELP = `Measures how fast a member that has nothing but genesis catches up from three others.

  --blocks N         blocks of the chain (10000)
  --transactions N   transactions in each block (10)
  --bytes N          bytes of each transaction (250)
  --scheme NAME      of the certificates (slh-dsa-sha2-128f)
  --snapshot         takes the state by a snapshot first
  --json             the figures only, as JSON

One certificate of real signatures is made for each 128 blocks, as in the store of a member that caught up itself:
signing 30,000 votes would take minutes and change nothing, for one certificate of each range is all that is sent.
`;

const { values } = parseArgs({
  options: {
    blocks: { type: 'string', default: '10000' },
    transactions: { type: 'string', default: '10' },
    bytes: { type: 'string', default: '250' },
    scheme: { type: 'string', default: 'slh-dsa-sha2-128f' },
    snapshot: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function measure(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'catch-up-'));
  try {
    const plan = {
      scheme: values.scheme,
      blocks: Number(values.blocks),
      blocksPerCertificate: CERTIFICATE_RULE.every,
      transactionsPerBlock: Number(values.transactions),
      transactionBytes: Number(values.bytes),
    };
    const chain = await SignedChain.of(plan);
    const full = join(folder, 'full');
    const store = chain.open(full);
    await chain.decide(store);
    store.close();
    const result = await catchUp(chain, { full, folder, bySnapshot: values.snapshot });
    const machine = {
      cores: availableParallelism(),
      cpu: cpus()[0]?.model ?? 'unknown',
      node: process.version,
      backend: chain.scheme.backend,
    };
    if (values.json) return say(JSON.stringify({ ...machine, ...plan, ...result }));
    say(`${result.blocks} blocks in ${result.seconds} s: ${result.blocksPerSecond} blocks/s`);
    say(JSON.stringify({ ...machine, ...plan, ...result }, undefined, 2));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (values.help) say(HELP);
else await measure();
