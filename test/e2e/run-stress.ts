import { parseArgs } from 'node:util';
import { stress } from './stress.ts';

const HELP = `Stresses one gateway and its config service: peers that come and go, peer exchange, and reloads, all at once.

  npm run stress -- --peers 50 --minutes 10 --json

  --peers N     peers that are connected at once (default 50)
  --minutes M   how long (default 10); memory and handles are judged from one minute on
  --json        end with one JSON object on stdout

Exit code 0 when every connection was up within 3 s, every reload within 2 s, and memory and handles stay flat.
`;

const { values } = parseArgs({
  options: {
    peers: { type: 'string', default: '50' },
    minutes: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else process.exitCode = await run(Number(values.peers), Number(values.minutes));

async function run(peers: number, minutes: number): Promise<number> {
  if (!(Number.isSafeInteger(peers) && peers > 0 && minutes > 0)) {
    process.stderr.write('stress: --peers takes a whole number above 0, --minutes a number above 0\n');
    return 1;
  }
  const outcome = await stress({ peers, forMs: minutes * 60_000 });
  const { connections, connectMsP50, connectMsMax, reloads, reloadMsP50, reloadMsMax, faults } = outcome;
  process.stderr.write(
    `${connections} connections, ${connectMsP50} ms in the middle, ${connectMsMax} ms at most\n`,
  );
  process.stderr.write(`${reloads} reloads, ${reloadMsP50} ms in the middle, ${reloadMsMax} ms at most\n`);
  for (const fault of faults) process.stderr.write(`FAULT ${fault}\n`);
  if (values.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  return faults.length === 0 ? 0 : 1;
}
