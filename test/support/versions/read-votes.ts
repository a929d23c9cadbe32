import { text } from 'node:stream/consumers';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { toHeight, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { encodeBallots } from '#libs/membership/ballots.ts';
import { takeVotes } from '#libs/membership/membership.ts';
import { foundingOf, rosterOf } from '#test/support/chain/membership.ts';

// Reads blocks, one a line: votes in hex, with a blank between them. Writes a line for each: the ballots after the block upon a founding of four, or
// its fault.
const founding = foundingOf(ZERO_DIGEST, rosterOf(4));

function said(line: string): string {
  const votes = line.split(' ').map((hex) => transactionOf(fromHex(hex) ?? new Uint8Array(0)));
  const taken = takeVotes(founding, votes, toHeight(1n));
  return taken.ok ? toHex(encodeBallots(taken.membership)) : taken.fault;
}

process.stdout.write((await text(process.stdin)).split('\n').map(said).join('\n'));
