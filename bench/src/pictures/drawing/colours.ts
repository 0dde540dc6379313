import type { Policy } from '@rollcall/balancer';

/** Colours that the colour-blind tell apart (Okabe and Ito), dark enough for text on white. */
export const colours = {
  blue: '#0072b2',
  vermilion: '#c44e00',
  green: '#00795a',
  purple: '#a6487d',
  ink: '#24292f',
  grey: '#57606a',
  faint: '#d8dee4',
  shade: '#f1f3f5',
  paper: '#ffffff',
} as const;

const policyColours: Readonly<Record<string, string>> = {
  roundRobin: colours.grey,
  weightedRoundRobin: colours.grey,
  weightedRandom: colours.purple,
  leastOutstanding: colours.blue,
  peakEwma: colours.vermilion,
  consistentHash: colours.green,
};

/** The colour that a policy has in every picture. */
export function colourOf({ name }: Pick<Policy, 'name'>): string {
  return policyColours[name] ?? colours.ink;
}
