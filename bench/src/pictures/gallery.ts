import type { Picture } from './drawing/card.ts';
import { canaryPicture } from './scenes/canary-share.ts';
import { failingInstancePicture } from './scenes/failing-instance.ts';
import { hotKeyPicture } from './scenes/hot-key.ts';
import { movedKeysPicture } from './scenes/moved-keys.ts';
import { recoveryPicture } from './scenes/recovery.ts';
import { slowInstancePicture } from './scenes/slow-instance.ts';
import { slowStartPicture } from './scenes/slow-start.ts';
import { spreadPicture } from './scenes/spread.ts';
import { weightsPicture } from './scenes/weights.ts';

/** All pictures of docs/load-balancing.md, measured and drawn now. The same on every machine. */
export function gallery(): readonly Picture[] {
  return [
    slowInstancePicture(),
    spreadPicture(),
    weightsPicture(),
    failingInstancePicture(),
    recoveryPicture(),
    movedKeysPicture(),
    hotKeyPicture(),
    slowStartPicture(),
    canaryPicture(),
  ];
}
