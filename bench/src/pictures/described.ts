import type { Picture } from './drawing/card.ts';

/** `markdown` with the descriptions of these pictures where it shows them, as `![description](pictures/name.svg)`. */
export function described(markdown: string, pictures: readonly Picture[]): string {
  return markdown.replaceAll(/!\[[^\]]*\]\(pictures\/([a-z-]+)\.svg\)/g, (shown: string, name: string) => {
    const picture = pictures.find((one) => one.name === name);
    return picture === undefined ? shown : `![${picture.description}](pictures/${name}.svg)`;
  });
}
