/** Why a block of the book is not run by a test; in such a block every command begins with one of these words. */
export const UNRUN = {
  systemd: {
    why: 'it asks the systemd of a host; deploy/node/node-unit.test.ts runs the unit',
    words: ['systemctl', 'journalctl', 'systemd-creds', 'timedatectl'],
  },
  install: {
    why: 'it changes the machine for all its users, as root; deploy/local/setup.test.ts and npm test run the set-up',
    words: [
      'apt-get',
      'cd',
      'cp',
      'git',
      'install',
      'ln',
      'node deploy/local/setup.mjs',
      'runuser',
      'useradd',
    ],
  },
} as const;

export type Reason = keyof typeof UNRUN;

export const isReason = (text: string): text is Reason => Object.hasOwn(UNRUN, text);

/** Commands of a block that is not run which the reason does not cover. */
export function uncovered(reason: Reason, script: string): readonly string[] {
  const commands = script
    .replaceAll('\\\n', ' ')
    .split(/\n|&&|\|\||[;|]/)
    .map((command) => command.trim())
    .filter((command) => command !== '');
  return commands.filter(
    (command) => !UNRUN[reason].words.some((word) => `${command} `.startsWith(`${word} `)),
  );
}
