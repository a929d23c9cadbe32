import { invalidInput } from '../words/errors.ts';

/** The variable by which libuv, and so Node, sizes the pool of a process; it is read once, at the start. */
export const THREAD_POOL_VARIABLE = 'UV_THREADPOOL_SIZE';

/** libuv's own size: on fewer cores more threads than cores do no harm, and files and names are looked up beside signatures. */
const THREADS_MIN = 4;
/** More cores than this sign for nobody: the services share them, and each thread holds a stack. */
const THREADS_MAX = 64;
/** The most that libuv takes: it would cut more without a word. */
const WISHED_MAX = 1024;

/**
 * The threads on which a service signs and verifies: one for each core within bounds, so that no core idles while signatures wait,
 * or as many as an operator wishes.
 *
 * @throws CliError for a wish that libuv would take for another one: it reads "many" as 1 thread.
 */
export function threadPoolSize(cores: number, wished?: string): number {
  if (wished === undefined || wished === '') return Math.min(THREADS_MAX, Math.max(THREADS_MIN, cores));
  const size = Number(wished);
  if (/^\d{1,4}$/.test(wished) && size >= 1 && size <= WISHED_MAX) return size;
  throw invalidInput(
    `${THREAD_POOL_VARIABLE} is "${wished}" in the environment: give a whole number from 1 to ${WISHED_MAX}, or unset it for one thread a core`,
  );
}
