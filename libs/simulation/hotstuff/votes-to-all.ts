import { VOTE_PATH_PARAMETER, VOTE_PATHS } from '#libs/protocol/vote-path.ts';
import { doubleVoterToAll } from './actors/voters.ts';
import { type HotStuffSubject, hotStuffSubject } from './subject.ts';

/** HotStuff on a chain whose first terms say that votes go to all, and liars that know it. */
export const votesToAllSubject: HotStuffSubject = {
  ...hotStuffSubject,
  parameters: { [VOTE_PATH_PARAMETER]: VOTE_PATHS.indexOf('all') },
  actors: new Map(hotStuffSubject.actors).set('double-voter', doubleVoterToAll),
};
