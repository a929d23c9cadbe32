import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { scratchFolder } from '#test/support/disk/faulty-disk.ts';
import { onRecordedDisk, type StepPlan } from '#test/support/disk/recorded-disk.ts';
import { SIGNED_VIEW, type Start, startIn } from '../signer-place.ts';

/** Something that is done to the folder of a signer, `signer` below a root; it touches nothing that is not below the root. */
export interface CustodyOperation {
  prepare(root: string): Promise<unknown>;
  run(root: string): Promise<unknown>;
  /**
   * The fault of the remaining files, after a finished or interrupted operation: at the next start, and when the
   * operation is repeated.
   */
  faults(root: string, isDone: boolean): Promise<readonly (string | false)[]>;
}

interface TriedOperation {
  readonly steps: readonly string[];
  readonly failure: unknown;
  /** The findings, each with the place of the fault. */
  readonly found: readonly string[];
}

export const signerIn = (root: string): string => join(root, 'signer');

export function secretIn(folder: string): string {
  return JSON.parse(readFileSync(join(folder, 'signer.key'), 'utf8')).secret_key;
}

/** The faults after a start that must sign, and know the earlier signatures of the key. */
export async function stillServes(root: string): Promise<readonly (string | false)[]> {
  return forgotten(await startIn(signerIn(root)), 'serving');
}

export function forgotten({ outcome, view }: Start, expected: string): readonly (string | false)[] {
  return [
    outcome !== expected && `it is ${outcome}, not ${expected}`,
    outcome === expected && view !== SIGNED_VIEW && `it forgot what it signed: ${view}`,
  ];
}

/** No step has this number. */
const NEVER = -1;
/** Number of tried steps in an operation of which not every step is tried. */
const SOME_STEPS = 8;
/** One after the other, where not every fault is tried at each step. */
const SOME_FAULTS = ['ENOSPC', 'kill', 'kill', 'EIO', 'kill', 'kill'] as const;
const EVERY_FAULT = ['kill', 'EIO', 'ENOSPC'] as const;
/** Steps after which the next start meets other files than before. */
const SEEN_BY_THE_NEXT_START = /^(link|rename|mkdir|COMMIT)/;

/**
 * Tries every fault at every step, or one at each of some steps.
 * @throws what the operation throws when nothing is wrong with the disk.
 */
export async function triedAtSteps(
  operation: CustodyOperation,
  which: 'some' | 'every',
): Promise<{ readonly tries: number; readonly found: readonly string[] }> {
  const prepared = scratchFolder('prepared');
  await operation.prepare(prepared);
  const {
    steps,
    failure,
    found: undisturbed,
  } = await tried(operation, prepared, { fault: 'kill', at: NEVER });
  if (failure !== undefined) throw failure;
  const found = [...undisturbed];
  const plans = which === 'every' ? everyPlan(steps) : somePlans(steps);
  for (const plan of plans) found.push(...(await tried(operation, prepared, plan)).found);
  rmSync(prepared, { recursive: true, force: true });
  return { tries: plans.length, found };
}

function everyPlan(steps: readonly string[]): readonly StepPlan[] {
  return steps.flatMap((_, at) => EVERY_FAULT.map((fault) => ({ fault, at })));
}

/** Plans from the first step to the last, evenly among the steps that add a file. */
function somePlans(steps: readonly string[]): readonly StepPlan[] {
  const places = [...steps.keys()].filter(
    (at) => at === 0 || SEEN_BY_THE_NEXT_START.test(steps[at - 1] ?? ''),
  );
  const count = Math.min(SOME_STEPS, places.length);
  return Array.from({ length: count }, (_, index) => ({
    fault: SOME_FAULTS[index % SOME_FAULTS.length] ?? 'kill',
    at: places[Math.round((index * (places.length - 1)) / Math.max(count - 1, 1))] ?? 0,
  }));
}

/**
 * Does the operation on a copy of the prepared files, with one fault, and checks the remains of a kill and of a power
 * cut.
 */
async function tried(operation: CustodyOperation, prepared: string, plan: StepPlan): Promise<TriedOperation> {
  const root = scratchFolder('operation');
  cpSync(prepared, root, { recursive: true });
  const { steps, failure, images } = await onRecordedDisk(root, plan, () => operation.run(root));
  const found: string[] = [];
  const isAllSynced = digestOf(images.kept) === digestOf(images.synced);
  for (const [left, image] of Object.entries(images)) {
    // Where all was synced a power cut leaves what a kill leaves.
    if (image === images.synced && isAllSynced) continue;
    const faults = await operation
      .faults(image, failure === undefined)
      .catch((error: unknown) => [`nobody knows what to do: ${String(error)}`]);
    const place = `${plan.fault} at step ${plan.at} (${steps[plan.at]}), ${left}`;
    found.push(...faults.filter((fault) => fault !== false).map((fault) => `${place}: ${fault}`));
  }
  for (const each of [root, ...Object.values(images)]) rmSync(each, { recursive: true, force: true });
  return { steps, failure, found };
}

/** A digest of the names and contents of everything in a folder. */
function digestOf(folder: string): string {
  const hash = createHash('sha256');
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).map((each) => ({
    path: join(each.parentPath, each.name),
    isFile: each.isFile(),
  }));
  for (const { path, isFile } of all.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${relative(folder, path)}\0`);
    if (isFile) hash.update(createHash('sha256').update(readFileSync(path)).digest());
  }
  return hash.digest('hex');
}
