// Many members in one process, as `npm run bench:many` starts it: decisions, failed views, and a member that joins with nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '#libs/log/logger.ts';
import { VOTE_PATHS } from '#libs/protocol/vote-path.ts';
import { refuse, runScript, scriptOptions, wholeNumber } from '#test/support/runner/script.ts';
import { type DecisionFigures, ManyMembers } from './many-members.ts';

const HELP = `usage: npm run bench:many -- [--members 64] [--decisions 100] [--failed 10] [--scheme slh-dsa-sha2-128f]
                             [--vote-path all] [--view-timeout-ms 60000] [--json]

Members of one federation in this process, with the engine, codec, store and crypto of production: links are in memory and
keys without custody. All but one decide so many transactions, one after the other; every few a leader is silent and its view fails. Then
the last one starts with nothing, and must come to the same chain. A timeout below the time of a view here ends views for no
reason: on two cores a decision of 64 takes some 10 s.
`;

/** Says what is worth a person's time, once each. */
const WARNINGS: Logger = {
  debug: () => {},
  info: () => {},
  warn: (message, fields) =>
    tell(
      `${message} ${JSON.stringify(fields, (_, value) => (typeof value === 'bigint' ? `${value}` : value))}`,
    ),
  error: (message, cause) => tell(`${message}: ${String(cause)}`),
  isWritten: () => false,
  child: () => WARNINGS,
};

await runScript('bench:many', async () => {
  const options = scriptOptions({
    members: { type: 'string', default: '64' },
    decisions: { type: 'string', default: '100' },
    failed: { type: 'string', default: '10' },
    scheme: { type: 'string', default: 'slh-dsa-sha2-128f' },
    'vote-path': { type: 'string', default: 'all' },
    'view-timeout-ms': { type: 'string', default: '60000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const path = options['vote-path'];
  const votePath =
    VOTE_PATHS.find((each) => each === path) ?? refuse(`--vote-path takes leader or all, not "${path}"`);
  const members = wholeNumber('members', options.members);
  const decisions = wholeNumber('decisions', options.decisions);
  const failed = options.failed === '0' ? 0 : wholeNumber('failed', options.failed);
  if (members < 5) refuse('--members takes 5 at least: one of them starts last');
  if (failed > decisions) refuse(`--failed takes ${decisions} at most, the number of decisions`);
  const folder = mkdtempSync(join(tmpdir(), 'many-members-'));
  try {
    const plan = { members, votePath, scheme: options.scheme, folder, log: WARNINGS };
    const many = await ManyMembers.of({
      ...plan,
      viewTimeoutMs: wholeNumber('view-timeout-ms', options['view-timeout-ms']),
    });
    const report = await run(many, { members, decisions, failed });
    const head = { members, scheme: options.scheme, votePath, decisions, failed };
    process.stdout.write(
      options.json ? `${JSON.stringify({ ...head, ...report })}\n` : text({ ...head, ...report }),
    );
    return report.agree ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
});

interface Wanted {
  readonly members: number;
  readonly decisions: number;
  readonly failed: number;
}

async function run(many: ManyMembers, { members, decisions, failed }: Wanted) {
  for (let at = 0; at < members - 1; at++) await many.start(at);
  tell(`${members - 1} of ${members} members run`);
  const calm: DecisionFigures[] = [];
  const afterFailure: DecisionFigures[] = [];
  for (let count = 1; count <= decisions; count++) {
    const isSilent =
      failed > 0 && count % Math.floor(decisions / failed) === 0 && afterFailure.length < failed;
    const figures = await many.decide(isSilent);
    (isSilent ? afterFailure : calm).push(figures);
    tell(
      `${count} of ${decisions} decided, ${Math.round(figures.tookMs)} ms${isSilent ? ' with a failed view' : ''}`,
    );
  }
  await many.reach(many.height);
  const joinedMs = performance.now();
  await many.start(members - 1);
  await many.reach(many.height);
  const joinMs = Math.round(performance.now() - joinedMs);
  const agree = many.agree();
  await many.stop();
  return {
    agree,
    height: Number(many.height),
    joinMs,
    calm: middle(calm),
    afterFailure: middle(afterFailure),
  };
}

/** The figures of the decision in the middle, by time. */
function middle(figures: readonly DecisionFigures[]): DecisionFigures | undefined {
  return figures.toSorted((one, other) => one.tookMs - other.tookMs)[figures.length >> 1];
}

function text(report: Readonly<Record<string, unknown>>): string {
  return `${Object.entries(report)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join('\n')}\n`;
}

function tell(line: string): void {
  process.stderr.write(`bench:many: ${line}\n`);
}
