// `npm run campaign`: every seed that a release rests on, on one commit. It takes hours; each part that ended is a line
// of the results file, and a second call goes on where the first one was ended.
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { refuse, runScript, scriptOptions, wholeNumber } from '#test/support/runner/script.ts';
import { type CampaignPart, campaignParts } from './campaign-parts.ts';

const HELP = `usage: npm run campaign -- [--out FILE] [--jobs N] [--minutes M] [--only TEXT] [--json]

Runs all seeds of the campaign (test/simulation/campaign-parts.ts) by "btcfed sim", in parts of 1,000 at most.
  --out FILE    a line of JSON for each part that ended (default: campaign.jsonl). Parts of the same commit that are in
                it already are not run again.
  --jobs N      threads (default: 2)
  --minutes M   begin no part after so many minutes
  --only TEXT   only parts whose name contains TEXT, such as "whole nodes: --members 7"
  --repeat N    every N-th seed runs twice and must do the same (default: 20)
  --json        end with one JSON object
Exit code 0 when all parts are there without a violation, 1 after a violation, 64 when the options make no sense, 3 while
parts are missing.`;

/** Far above what a part takes on a slow machine. */
const PART_MS_MAX = 4 * 3_600_000;
const GIT_MS_MAX = 60_000;

interface Line {
  readonly commit: string;
  readonly part: string;
  readonly runs: number;
  readonly seconds: number;
  readonly failures: readonly unknown[];
}

interface Options {
  readonly out: string;
  readonly jobs: string;
  readonly minutes: string;
  readonly only: string;
  readonly repeat: string;
  readonly json: boolean;
}

await runScript('campaign', () => {
  const { help, ...options } = scriptOptions({
    out: { type: 'string', default: 'campaign.jsonl' },
    jobs: { type: 'string', default: '2' },
    minutes: { type: 'string', default: '100000' },
    only: { type: 'string', default: '' },
    repeat: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (!help) return campaign(options);
  process.stdout.write(`${HELP}\n`);
  return 0;
});

function campaign(options: Options): number {
  for (const option of ['jobs', 'repeat'] as const) wholeNumber(option, options[option]);
  const untilMs = performance.now() + wholeNumber('minutes', options.minutes) * 60_000;
  const parts = campaignParts().filter(({ name }) => name.includes(options.only));
  if (parts.length === 0) refuse(`no part has "${options.only}" in its name`);
  if (git('status', '--porcelain', '--untracked-files=no') !== '') {
    process.stderr.write(
      'campaign: there are changes that no commit has; commit them, results belong to a commit\n',
    );
    return 2;
  }
  const commit = git('rev-parse', 'HEAD');
  const done = new Map(linesOf(options.out, commit).map((line) => [line.part, line]));
  for (const part of parts) {
    if (done.has(part.name) || performance.now() > untilMs) continue;
    const line = run(part, commit, options);
    appendFileSync(options.out, `${JSON.stringify(line)}\n`);
    done.set(part.name, line);
    const failed = line.failures.length === 0 ? '' : `, ${line.failures.length} FAILED`;
    process.stderr.write(`${done.size} of ${parts.length}: ${part.name}: ${line.seconds} s${failed}\n`);
  }
  return summary(commit, parts, [...done.values()], options.json);
}

/** @throws Error when the simulator exits without a result: neither a violation nor a success. */
function run({ name, args, seeds }: CampaignPart, commit: string, { jobs, repeat }: Options): Line {
  const startedMs = performance.now();
  const fixed = ['sim', '--json', '--jobs', jobs, '--repeat', repeat];
  const { stdout, stderr } = spawnSync(process.execPath, ['services/cli/btcfed.mjs', ...fixed, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: PART_MS_MAX,
  });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`${name} ended without a result: ${stderr.slice(-2_000)}`);
  const { runs, failures } = JSON.parse(last) as { runs: number; failures: readonly unknown[] };
  if (runs !== seeds) throw new Error(`${name} ran ${runs} of ${seeds} seeds`);
  return { commit, part: name, runs, seconds: Math.round((performance.now() - startedMs) / 1_000), failures };
}

function linesOf(out: string, commit: string): readonly Line[] {
  if (!existsSync(out)) return [];
  const lines = readFileSync(out, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Line).filter((line) => line.commit === commit);
}

function summary(
  commit: string,
  parts: readonly CampaignPart[],
  lines: readonly Line[],
  asJson: boolean,
): number {
  const ended = lines.filter(({ part }) => parts.some(({ name }) => name === part));
  const result = {
    commit,
    parts: parts.length,
    ended: ended.length,
    runs: ended.reduce((sum, { runs }) => sum + runs, 0),
    seconds: ended.reduce((sum, { seconds }) => sum + seconds, 0),
    failures: ended.flatMap(({ part, failures }) => failures.map((failure) => ({ part, failure }))),
  };
  if (asJson) process.stdout.write(`${JSON.stringify(result)}\n`);
  else
    process.stdout.write(
      `${result.ended} of ${result.parts} parts, ${result.runs} runs, ${result.failures.length} failed\n`,
    );
  if (result.failures.length > 0) return 1;
  return result.ended === result.parts ? 0 : 3;
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', timeout: GIT_MS_MAX }).trim();
}
