import type { ServiceName } from './service-names.ts';

/** The question of a probe, as its address has it. */
export interface ProbeQuestion {
  /** `livez`, `startupz` or `readyz`. */
  readonly probe: string;
  readonly isVerbose: boolean;
  /** Checks that are left out, each as `service.check`. */
  readonly excluded: ReadonlySet<string>;
}

/** The answer of one service; undefined where there is none. */
export interface ServiceProbe {
  readonly service: ServiceName;
  readonly answer: { readonly status: number; readonly text: string } | undefined;
}

const PROBES: ReadonlySet<string> = new Set(['livez', 'startupz', 'readyz']);
const CHECK = /^\[(?<sign>[+-])\](?<rest>.+)$/;

/** The question behind a path with its query; undefined when it is no probe. */
export function probeQuestion(target: string): ProbeQuestion | undefined {
  const [path = '', query = ''] = target.split('?', 2);
  const probe = path.slice(1);
  if (!PROBES.has(probe)) return undefined;
  const parameters = new URLSearchParams(query);
  return { probe, isVerbose: parameters.has('verbose'), excluded: new Set(parameters.getAll('exclude')) };
}

/** The same question for one service: with all checks, and what it is to leave out. */
export function questionFor(service: ServiceName, { probe, excluded }: ProbeQuestion): string {
  const own = [...excluded].filter((name) => name.startsWith(`${service}.`));
  const left = own.map((name) => `&exclude=${encodeURIComponent(name.slice(service.length + 1))}`);
  return `/${probe}?verbose${left.join('')}`;
}

/** The answers of all services as one, in the form in which each answers: it passes where all do. */
export function joinedProbe(
  { probe, isVerbose, excluded }: ProbeQuestion,
  probes: readonly ServiceProbe[],
): { readonly status: 200 | 503; readonly body: string } {
  const lines = probes.flatMap((each) => linesOf(each, excluded));
  const hasFailed = lines.some((line) => line.startsWith('[-]'));
  if (!hasFailed && !isVerbose) return { status: 200, body: 'ok\n' };
  const end = `${probe} check ${hasFailed ? 'failed' : 'passed'}`;
  return { status: hasFailed ? 503 : 200, body: `${[...lines, end].join('\n')}\n` };
}

function linesOf({ service, answer }: ServiceProbe, excluded: ReadonlySet<string>): readonly string[] {
  const own = `${service}.answers`;
  if (answer === undefined)
    return excluded.has(own) ? [] : [`[-]${own} failed: it does not answer at its metrics`];
  const checks = answer.text.split('\n').flatMap((line) => {
    const { sign, rest } = CHECK.exec(line)?.groups ?? {};
    return sign === undefined ? [] : [`[${sign}]${service}.${rest}`];
  });
  const isTold = answer.status === 200 || checks.some((line) => line.startsWith('[-]'));
  const unknown = isTold ? [] : [`[-]${own} failed: it answers with status ${answer.status}`];
  return [...(isTold && !excluded.has(own) ? [`[+]${own} ok`] : unknown), ...checks];
}
