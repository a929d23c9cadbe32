// `npm run coverage`: runs the tests of the code and says how much of it they run, by folder.
import { parseArgs } from 'node:util';
import type { FolderCoverage } from './lines.ts';
import { measureLines } from './measure.ts';
import { LINES_MIN } from './thresholds.ts';

const HELP = `usage: npm run coverage [-- FOLDER… [--json] [--root PATH]]

Runs the tests of the code and says how many of its lines they run, by folder, and how many there must be.
  FOLDER        of the table in test/line-coverage/thresholds.ts: only its tests run, and only it counts
  --json        one JSON array in place of the text
  --root PATH   the tree to measure; this one when not given
Exit code 0 when every test passed and every folder has enough, else 1.`;

const OWN_ROOT = new URL('../..', import.meta.url).pathname;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    root: { type: 'string', default: OWN_ROOT },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) process.stdout.write(`${HELP}\n`);
else process.exitCode = run(positionals.map((each) => each.replace(/\/$/, '')));

function run(folders: readonly string[]): number {
  const unknown = folders.filter((each) => !(each in LINES_MIN));
  if (unknown.length > 0) {
    const known = Object.keys(LINES_MIN).join(', ');
    process.stderr.write(`no threshold for ${unknown.join(', ')}: there is one for ${known}\n`);
    return 1;
  }
  const { covered, isEnough } = measureLines(options.root, folders);
  process.stdout.write(options.json ? `${JSON.stringify(covered)}\n` : covered.map(textOf).join(''));
  return isEnough ? 0 : 1;
}

function textOf({ folder, percent, percentMin, isEnough }: FolderCoverage): string {
  const verdict = isEnough ? 'enough' : 'TOO LITTLE';
  return `${folder.padEnd(22)} ${percent.toFixed(1).padStart(5)} % of lines, at least ${percentMin} %: ${verdict}\n`;
}
