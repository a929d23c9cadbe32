import { parseArgs } from 'node:util';
import { stress } from './stress.ts';
import { CONNECT_MS_MAX, RELOAD_MS_MAX } from './stress-report.ts';

const HELP = `Stresses one gateway and its config service: peers that come and go, peer exchange, and reloads, all at once.

  npm run stress -- --peers 50 --minutes 10 --json

  --peers N     peers that are connected at once (default 50)
  --minutes M   how long (default 10); memory is judged with more room below one minute
  --json        end with one JSON object on stdout

Exit code 0 when every connection was up within 3 s, every reload within 2 s, memory and handles stayed flat, and at the
end no handle or socket is left that was not there at the start; 1 otherwise.
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
  note('connections', outcome.connections, outcome.connectMsP50, outcome.connectMsP100, CONNECT_MS_MAX);
  note('reloads', outcome.reloads, outcome.reloadMsP50, outcome.reloadMsP100, RELOAD_MS_MAX);
  for (const fault of outcome.faults) process.stderr.write(`FAULT ${fault}\n`);
  if (values.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  return outcome.faults.length === 0 ? 0 : 1;
}

function note(what: string, count: number, p50: number, p100: number, most: number): void {
  process.stderr.write(`${count} ${what}: p50 ${p50} ms, p100 ${p100} ms (at most ${most} ms)\n`);
}
