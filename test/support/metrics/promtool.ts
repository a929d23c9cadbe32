import { spawnSync } from 'node:child_process';
import { skipWithout } from '#test/support/runner/required.ts';

const TOOL_MS_MAX = 60_000;

const isThere = spawnSync('promtool', ['--version'], { timeout: TOOL_MS_MAX }).status === 0;

/** The reason to leave out what promtool judges; false: it is there. */
export const withoutPromtool: string | false = skipWithout(
  isThere ? false : 'there is no promtool: install the package prometheus to have it judge the metrics',
);

/** The verdict of the real `promtool check metrics`: its complaints, one a line, none when it is content. */
export function promtoolComplaints(text: string): readonly string[] {
  const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
    timeout: TOOL_MS_MAX,
  });
  if (error !== undefined) throw error;
  const said = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
  return status === 0 ? said : [...said, `exit code ${status}`];
}
